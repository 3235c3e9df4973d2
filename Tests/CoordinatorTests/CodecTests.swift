import Client
import Coordinator
import Federation
import Learning
import Parameters
import RunStore
import Runs
import Testing
import Transport
import Wire
import Workers

/// Which codecs workers have to know, and use.
@Suite struct CodecTests {
    private static let scenario = """
        rounds: 2
        clients: 2
        model: logistic
        partition: {rule: iid}
        train: {batch_size: 10, learning_rate: 0.1}
        network: {upload: int8, download: bf16}
        """

    @Test(
        "A worker that does not know one of the run's codecs is told so when it greets", arguments: [[1, 3], [1, 4]])
    func unknown(codecs: [UInt8]) async throws {
        let run = try await NetworkedRun(Self.scenario)
        let outcome = try await run.run { run in
            let answer = Noted<ErrorMessage?>(nil)
            var worker = ScriptedWorker(endpoint: run.listener.endpoint, hosting: .clients([ClientID(0)]))
            worker.hello.codecs = codecs
            try await worker.run { _, message in
                if case .error(let error) = message { answer.withLock { $0 = error } }
                throw ScriptedWorker.Done()
            }
            let error = answer.withLock { $0 }
            #expect(error?.knownCode == .unsupportedCodec)
            #expect(error?.text.contains(codecs == [1, 3] ? "int8" : "bf16") == true)
            let farewell = try await run.worker(.clients([ClientID(0), ClientID(1)])).run()
            #expect(farewell.isFinished)
        }
        #expect(outcome == .finished)
    }

    @Test("An update that is encoded otherwise than its invitation says costs the worker its connection")
    func another() async throws {
        let run = try await NetworkedRun(Self.scenario)
        let outcome = try await run.run { run in
            let answer = Noted<ErrorMessage?>(nil)
            try await ScriptedWorker(endpoint: run.listener.endpoint, hosting: .clients([ClientID(0), ClientID(1)])).run
            {
                [context = run.context] connection, message in
                switch message {
                case .welcome(let welcome): ScriptedWorker.answer(welcome, context, connection)
                case .invitation(let invitation):
                    #expect(invitation.codec == .int8)
                    let client = invitation.clients[0]
                    let update = OutgoingUpdate(
                        key: UpdateKey(round: 1, client: client.client, attempt: client.attempt), examples: 1, loss: 0,
                        accuracy: 0, steps: 1, trainMicroseconds: 1,
                        parameters: ParameterVector(zerosFor: context.model.layout), chunkSize: 4096)
                    for frame in update { connection.send([frame]) }
                case .error(let error):
                    answer.withLock { $0 = error }
                    throw ScriptedWorker.Done()
                default: break
                }
            }
            #expect(answer.withLock { $0 }?.knownCode == .unsupportedCodec)
            let farewell = try await run.worker(.clients([ClientID(0), ClientID(1)])).run()
            #expect(farewell.isFinished)
        }
        #expect(outcome == .finished)
    }
}
