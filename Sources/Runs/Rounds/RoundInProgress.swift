public import Federation
import Foundation
import RunStore

/// What a shell keeps for the round that is being collected; which of it counts, the round machine decides.
public struct RoundInProgress: Sendable {
    public let round: UInt32
    /// How many updates it waits for.
    let size: Int
    /// What clients of the cohort do instead of what they are asked for.
    public let behaviours: [RoundBehaviour]
    /// The local epochs of clients of the cohort that do partial work.
    let partialWork: [ClientID: Int]
    /// How many clients of the run hold examples of their own.
    let ownDataClients: Int
    let startedAt: Date
    public let start: ContinuousClock.Instant
    /// Until the first model was ready to be sent.
    public var selectDuration = Duration.zero
    /// The counters of the transport when the round began.
    let sentBefore: Int
    let receivedBefore: Int
    /// What is known of each client: its report, or why there is none.
    var clients: [UpdateKey: ClientRoundRecord] = [:]
    /// How long it may take; `nil` where each client has its own time.
    public var deadline: Duration?
    /// How long those were waited for that are late, in seconds.
    var waited: [UpdateKey: Double] = [:]
    public var reported = 0
    public var failed = 0
    /// Those of the reasons for a failure of which whoever watches has been told.
    var toldReasons: Set<FailureReason> = []

    /// How far the round is.
    public var settled: RunProgress {
        .clientSettled(round: Int(round), reported: reported, failed: failed, cohort: size)
    }

    /// The rows of the record, in the order of client ids, those of one client the older first.
    func records(for closure: CohortOutcome) -> [ClientRoundRecord] {
        let reported = closure.reported.map { key in
            var row =
                clients[key] ?? ClientRoundRecord(client: key.client, attempt: Int(key.attempt), status: .reported)
            row.staleness = closure.staleness(of: key)
            return row
        }
        let failed = closure.failed.map { failure in
            let known = clients[failure.key]
            return ClientRoundRecord(
                client: failure.key.client, attempt: Int(failure.key.attempt), status: .failed,
                reason: failure.reason.rawValue, detail: known?.detail, worker: known?.worker,
                staleness: closure.staleness(of: failure.key), seconds: waited[failure.key])
        }
        return (reported + failed).sorted { ($0.client, $1.staleness) < ($1.client, $0.staleness) }.map { row in
            var row = row
            row.behaviours = behaviours.names(of: row.client)
            return row
        }
    }
}

extension [RoundBehaviour] {
    /// As the record has them; `nil` for a client that keeps to the rules.
    public func names(of client: ClientID) -> String? {
        let names = of(client).map(\.choice.name)
        return names.isEmpty ? nil : names.joined(separator: ",")
    }
}

extension [ClientRoundRecord] {
    /// The mean loss and accuracy that the clients reported, weighted by their examples; `nil` if nobody did. Summed in
    /// the order of the elements.
    var weightedTraining: (loss: Double, accuracy: Double)? {
        var examples = 0.0
        var loss = 0.0
        var accuracy = 0.0
        for client in self where client.status == .reported {
            let weight = Double(client.examples ?? 0)
            examples += weight
            loss += weight * (client.loss ?? .nan)
            accuracy += weight * (client.accuracy ?? .nan)
        }
        return examples > 0 ? (loss / examples, accuracy / examples) : nil
    }
}
