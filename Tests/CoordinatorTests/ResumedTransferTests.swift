import Client
import Coordinator
import Datasets
import Federation
import Identity
import Learning
import NIOCore
import Parameters
import RunStore
import Runs
import Synchronization
import TestSupport
import Testing
import Transport
import Wire
import Workers

/// Transfers that are cut off, and go on where they stopped.
struct ResumedTransferTests {
    static let scenario = """
        rounds: 2
        clients: 2
        model: logistic
        train: {batch_size: 10, learning_rate: 0.1}
        """

    /// Chunks of which a model takes eight.
    static var settings: CoordinatorSettings {
        var settings = CoordinatorSettings()
        settings.limits.chunkSize = 4096
        return settings
    }

    /// Half a model: no greeting is as long.
    private static let half = 16_000

    /// A run whose worker's first connection is cut within its first transfer in this direction, and the calm run's models.
    ///
    /// - Parameter authority: that of both sides' certificates; tokens are asked for, too. `nil`: neither.
    private func run(
        cut direction: FlowDirection, authority: TestAuthority? = nil
    ) async throws -> (run: NetworkedRun, counts: ProxyCounts, calm: [String]) {
        let calm = try await NetworkedRun(Self.scenario, settings: Self.settings)
        _ = try await calm.run { run in _ = try await run.worker(.count(2)).run() }
        var settings = Self.settings
        let tokens = authority == nil ? [] : (0..<2).map { ClientToken.random(for: ClientID($0)) }
        if !tokens.isEmpty {
            var register = TokenRegister()
            for token in tokens { register.enrol(token) }
            settings.tokens = RereadFile(register)
        }
        let run = try await NetworkedRun(
            Self.scenario, settings: settings, security: try authority?.listener() ?? .plain)
        let connecting = try authority.map { try $0.connector(try $0.clients("0..1")) } ?? .plain
        let conditions = NetworkConditions(
            cut: .init(after: Self.half...Self.half, directions: [direction], resets: 0, connections: 1))
        let counts = try await NetworkProxy.withProxy(
            to: run.listener.endpoint, conditions: conditions, seed: 1
        ) { proxy in
            let outcome = try await run.run { run in
                _ = try await run.worker(
                    .count(2), endpoint: proxy.endpoint, security: connecting, tokens: tokens
                ).run()
            }
            #expect(outcome == .finished)
            return proxy.counts
        }
        #expect(counts.cuts == 1)
        return (run, counts, calm.digests)
    }

    @Test("An update that was cut off is not trained again, and goes on where it stopped; the model is not sent again")
    func update() async throws {
        let (run, counts, calm) = try await run(cut: .toServer)
        #expect(run.digests == calm)
        let events = try await run.events()
        let resumed = events.filter { $0.kind == "update_resumed" }
        #expect(resumed.count == 1)
        #expect(resumed.first?.text.contains("from byte 12288 of 31400") == true)
        #expect(try await run.record(round: 1).map(\.attempt) == [2, 2])
        #expect(events.contains { $0.kind == "model_resumed" && $0.text.contains("31400 of 31400") })
        // Two rounds' models, and words: no third model, and four updates with what was lost at the cut.
        #expect(counts.bytes[.toClient, default: 0] < 2 * 31_400 + 8000)
        #expect(counts.bytes[.toServer, default: 0] < 4 * 31_400 + 4096 + 8000)
    }

    @Test("A model that was cut off goes on where it stopped")
    func model() async throws {
        let (run, counts, calm) = try await run(cut: .toClient)
        #expect(run.digests == calm)
        let resumed = try await run.events().filter { $0.kind == "model_resumed" }
        #expect(resumed.map { $0.text.contains("had 12288 of 31400") } == [true])
        #expect(counts.bytes[.toClient, default: 0] < 2 * 31_400 + 4096 + 8000)
    }

    @Test(
        "With certificates and tokens, too, what was cut off goes on: the worker has proved again who it is",
        arguments: FlowDirection.allCases)
    func guarded(direction: FlowDirection) async throws {
        let (run, _, calm) = try await run(cut: direction, authority: try TestAuthority())
        #expect(run.digests == calm)
        let events = try await run.events()
        let resumed = events.filter { $0.kind == (direction == .toServer ? "update_resumed" : "model_resumed") }
        #expect(resumed.count == 1)
        #expect(events.filter { $0.kind == "worker_joined" }.count == 2)
        #expect(try await run.refusals() == 0)
    }

    /// One client, whose worker does what the script says on one connection after the other.
    private func scripted(
        _ script:
            @escaping @Sendable (NetworkedRun, _ connection: Int, PeerConnection, Message) async throws -> Void,
        connections: Int
    ) async throws -> NetworkedRun {
        let run = try await NetworkedRun(
            """
            rounds: 1
            clients: 1
            model: logistic
            train: {batch_size: 10, learning_rate: 0.1}
            """, settings: Self.settings)
        let outcome = try await run.run { run in
            let worker = ScriptedWorker(
                endpoint: run.listener.endpoint, hosting: .count(1), capabilities: .resumeTransfers)
            for connection in 1...connections {
                try await worker.run { peer, message in
                    switch message {
                    case .welcome(let welcome):
                        #expect(welcome.capabilities == .resumeTransfers)
                        ScriptedWorker.answer(welcome, run.context, peer)
                    case .goodbye: throw ScriptedWorker.Done()
                    default: try await script(run, connection, peer, message)
                    }
                }
            }
        }
        #expect(outcome == .finished)
        return run
    }

    private static func update(_ run: NetworkedRun, attempt: UInt32, value: Float = 0) -> OutgoingUpdate {
        let layout = run.context.model.layout
        return OutgoingUpdate(
            key: UpdateKey(round: 1, client: ClientID(0), attempt: attempt),
            examples: UInt32(run.context.partition.count(of: 0)), loss: 0, accuracy: 1, steps: 1, trainMicroseconds: 1,
            parameters: ParameterVector(layout: layout, values: Array(repeating: value, count: layout.count)),
            chunkSize: 4096)
    }

    @Test("Parts that do not make a whole end the connection, and the next try is from the beginning")
    func mismatch() async throws {
        let offsets = Mutex<[UInt64]>([])
        let errors = Mutex<[WireError.Code?]>([])
        let run = try await scripted(
            { run, connection, peer, message in
                let update = Self.update(run, attempt: UInt32(connection))
                switch message {
                case .invitation:
                    guard connection == 1 else {
                        return peer.send(.updateOffer(UpdateOffer(header: update.header)))
                    }
                    // The beginning is another update's.
                    let other = Self.update(run, attempt: 1, value: 1)
                    try await peer.write(Message.updateHeader(update.header).frame())
                    for frame in other.dropFirst().prefix(3) { try await peer.write(frame) }
                    try await peer.drain()
                    throw ScriptedWorker.Done()
                case .updateOffset(let answer):
                    offsets.withLock { $0.append(answer.offset) }
                    for frame in update.chunks(from: answer.offset) { try await peer.write(frame) }
                case .receipt(let receipt): #expect(receipt.outcome == .accepted)
                case .error(let error):
                    errors.withLock { $0.append(error.knownCode) }
                    throw ScriptedWorker.Done()
                default: break
                }
            }, connections: 3)
        #expect(offsets.withLock { $0 } == [12_288, 0])
        #expect(errors.withLock { $0 } == [.digestMismatch])
        #expect(try await run.record(round: 1).map(\.status) == [.reported])
    }

    @Test("An update that is not wanted is refused before a byte of it is sent")
    func unwanted() async throws {
        let receipts = Mutex<[Receipt.Outcome]>([])
        _ = try await scripted(
            { run, _, peer, message in
                switch message {
                case .invitation:
                    peer.send(.updateOffer(UpdateOffer(header: Self.update(run, attempt: 7).header)))
                case .updateOffset(let answer):
                    #expect(answer.key.attempt == 1)
                    for frame in Self.update(run, attempt: 1).chunks(from: 0) { try await peer.write(frame) }
                case .receipt(let receipt):
                    receipts.withLock { $0.append(receipt.outcome) }
                    if receipt.outcome == .rejected {
                        peer.send(.updateOffer(UpdateOffer(header: Self.update(run, attempt: 1).header)))
                    }
                case .error(let error): Issue.record("\(error)")
                default: break
                }
            }, connections: 1)
        #expect(receipts.withLock { $0 } == [.rejected, .accepted])
    }
}
