import Client
import Datasets
import Federation
import Learning
import RunStore
import Runs
import Scenarios
import TestSupport
import Testing
import Transport
import Wire
import Workers

/// Clients that hold examples of their own, of which the coordinator knows no more than the number that they say.
@Suite struct OwnDataTests {
    private static let scenario = """
        rounds: 2
        clients: 4
        minimum_updates: 1
        model: logistic
        train: {batch_size: 10, learning_rate: 0.1}
        network: {absence_deadline: 1s}
        """

    /// Client 3, with examples of its own.
    private static func own(_ run: NetworkedRun) -> ScriptedWorker {
        ScriptedWorker(endpoint: run.listener.endpoint, hosting: .clients([ClientID(3)]), ownData: true)
    }

    /// A client says that it has so many examples of its own; what the coordinator answers.
    private static func claim(
        _ count: UInt32, by worker: ScriptedWorker, _ run: NetworkedRun
    ) async throws -> ErrorMessage? {
        let answer = Noted<ErrorMessage?>(nil)
        try await worker.run { connection, message in
            switch message {
            case .welcome:
                let clients = [Ready.ClientExamples(client: ClientID(3), examples: count)]
                connection.send(.ready(Ready(dataDigest: run.context.dataset.digest, clients: clients, isLast: true)))
            case .error(let error):
                answer.withLock { $0 = error }
                throw ScriptedWorker.Done()
            case .invitation:
                throw ScriptedWorker.Done()
            default: break
            }
        }
        return answer.withLock { $0 }
    }

    @Test("More examples than a run can have cost the client that claims them its connection, and nobody else anything")
    func tooMany() async throws {
        let run = try await NetworkedRun(Self.scenario)
        let outcome = try await run.run { run in
            async let others = run.worker(.clients((0..<3).map { ClientID($0) })).run()
            try await eventually { run.progress.contains(.joined(clients: 3, of: 4)) }
            let error = try await Self.claim(.max, by: Self.own(run), run)
            #expect(error?.knownCode == .dataMismatch && error?.text.contains("more than a run can have") == true)
            _ = try await run.worker(.clients([ClientID(3)])).run()
            _ = try await others
        }
        #expect(outcome == .finished)
        let rounds = try await run.store.reader.rounds(of: run.identity)
        #expect(rounds.map(\.population) == [400, 400] && rounds.map(\.ownDataClients) == [0, 0])
    }

    @Test(
        "The record says how many examples all clients hold, and that some are their own; who took part with data of its own does not come back with others"
    )
    func recorded() async throws {
        let run = try await NetworkedRun(Self.scenario)
        let refused = Noted<Bool>(false)
        let outcome = try await run.run { run in
            async let others = run.worker(.clients((0..<3).map { ClientID($0) })).run()
            try await eventually { run.progress.contains(.joined(clients: 3, of: 4)) }
            let own = Self.own(run)
            // As many as it was dealt, so that the number gives nothing away.
            #expect(try await Self.claim(100, by: own, run) == nil)
            var other = own
            other.hello.ownData = false
            try await other.run { connection, message in
                switch message {
                case .welcome(let welcome): ScriptedWorker.answer(welcome, run.context, connection)
                case .error(let error):
                    refused.withLock { $0 = error.knownCode == .dataMismatch && error.text.contains("data of its own") }
                    throw ScriptedWorker.Done()
                default: break
                }
            }
            _ = try await others
        }
        #expect(outcome == .finished && refused.withLock { $0 })
        let rounds = try await run.store.reader.rounds(of: run.identity)
        #expect(rounds.map(\.population) == [400, 400] && rounds.map(\.ownDataClients) == [1, 1])
        #expect(try await run.store.reader.hasOwnData(run.identity))
    }
}
