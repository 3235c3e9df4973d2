import Diagnostics
import Federation
import Identity
import Logging
import Synchronization
import Transport
import Wire

/// One of the connections of a ``WorkerHost``: to the coordinator a worker of its own, with its own identity and its own
/// clients, which comes back when the connection is lost.
final class Worker: Sendable {
    let host: WorkerHost
    /// The same each time that this connection is made again, so that the coordinator knows it again.
    let id = WireIdentifier.random()
    let name: String
    private let asked: Mutex<Hello.Hosting>
    let tokens: [ClientToken]

    /// How its part in the run ends.
    enum Ending {
        case over(WorkerOutcome)
        /// Connections for each of its clients take its place.
        case divided([ClientID])
    }

    /// - Parameter number: from 0; settles which part of the process's clients this connection has.
    init(host: WorkerHost, number: Int) {
        self.host = host
        let settings = host.settings
        name = settings.connections == 1 ? settings.name : "\(settings.name)/\(number + 1)"
        asked = Mutex(settings.hosting(ofConnection: number))
        tokens = settings.tokens(ofConnection: number)
    }

    /// A connection for one client, whose device needs its own.
    init(host: WorkerHost, client: ClientID) {
        self.host = host
        name = "\(host.settings.name)/client \(client)"
        asked = Mutex(.clients([client]))
        tokens = host.settings.tokens.filter { $0.client == client }
    }

    /// Which clients it asks for.
    var hosting: Hello.Hosting { asked.withLock { $0 } }

    /// Takes part until the run is over.
    ///
    /// - Throws: a ``Problem`` when the coordinator cannot be reached for ``WorkerSettings/retryFor``, or will not
    ///   have this worker.
    func run() async throws -> Ending {
        let settings = host.settings
        var backoff = Backoff()
        var lastContact = ContinuousClock.now
        while true {
            let connection = WorkerConnection(worker: self)
            let reason: String
            do {
                return .over(try await connection.run())
            } catch let division as DividedWorker {
                return .divided(division.clients)
            } catch let absence as DeviceAbsence {
                host.logger.info("away", metadata: ["worker": "\(name)", "reason": "\(absence.text)"])
                guard let back = absence.back else {
                    return .over(WorkerOutcome(isFinished: true, text: "\(absence.text), and does not come back"))
                }
                try await Task.sleep(until: back, clock: .continuous)
                // The device is this client's, whatever has become of its place.
                if let client = connection.client { asked.withLock { $0 = .clients([client]) } }
                (lastContact, backoff) = (.now, Backoff())
                continue
            } catch let refusal as CoordinatorRefusal {
                guard refusal.isPassing else { throw refusal.problem(at: "\(settings.coordinator)") }
                reason = refusal.message.text
            } catch let problem as Problem {
                throw problem
            } catch let error as WireError {
                if let kind = error.code.lastingProblem {
                    throw Problem(kind, error.text, at: "\(settings.coordinator)", remedy: error.remedy)
                }
                reason = error.text
            } catch {
                try Task.checkCancellation()
                reason = ConnectionTrouble.describe(error)
            }
            try Task.checkCancellation()
            if connection.wasWelcome {
                lastContact = .now
                backoff.reset()
            }
            guard ContinuousClock.now - lastContact < settings.retryFor else {
                throw Problem(
                    .unavailable, "no coordinator to work for: \(reason)", at: "\(settings.coordinator)",
                    remedy: "start fed-coordinator there, or try for longer with --retry-for")
            }
            let wait = backoff.wait()
            host.logger.warning(
                "connection lost, trying again",
                metadata: [
                    "worker": "\(name)", "coordinator": "\(settings.coordinator)", "reason": "\(reason)",
                    "in": "\(wait.formatted)",
                ])
            try await Task.sleep(for: wait)
        }
    }
}

extension Duration {
    /// For people, for example `0.2 s`.
    fileprivate var formatted: String {
        let tenths = Int((self / .milliseconds(100)).rounded())
        return "\(tenths / 10).\(tenths % 10) s"
    }
}
