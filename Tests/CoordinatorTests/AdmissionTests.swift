import Client
import Coordinator
import Datasets
import Diagnostics
import Federation
import Identity
import Learning
import Logging
import Parameters
import RunStore
import Runs
import Synchronization
import TestSupport
import Testing
import Transport
import Wire
import Workers

/// Who may take part, in whole runs.
struct AdmissionTests {
    static let scenario = """
        rounds: 2
        clients: 4
        model: logistic
        train: {batch_size: 10, learning_rate: 0.1}
        """

    private let tokens = (0..<4).map { ClientToken.random(for: ClientID($0)) }

    private func settings() -> CoordinatorSettings {
        var settings = HostilePeerTests.settings
        var register = TokenRegister()
        for token in tokens { register.enrol(token) }
        settings.tokens = RereadFile(register)
        return settings
    }

    /// The problem that a worker ends with.
    private func problem(_ worker: WorkerHost) async throws -> Problem {
        do {
            let farewell = try await worker.run()
            Issue.record("the worker took part: \(farewell.text)")
            throw DeadlinePassed()
        } catch let problem as Problem {
            return problem
        }
    }

    private func proof(
        _ tokens: [ClientToken], _ hello: Hello, _ challenge: Challenge, binding: [UInt8]? = nil
    ) throws -> Proof {
        let transcript = GreetingTranscript.digest(hello, challenge, channelBinding: binding)
        return Proof(
            proofs: try tokens.map { token in
                ClientProof(client: token.client, value: try #require(Octets32(bytes: token.proof(of: transcript))))
            })
    }

    @Test("With tokens, divided as they may be, the models are the same bits")
    func tokensRun() async throws {
        let run = try await NetworkedRun(Self.scenario, settings: settings())
        let outcome = try await run.run { run in
            async let first = run.worker(.share, name: "first", tokens: [tokens[0], tokens[2]]).run()
            async let second = run.worker(.clients([ClientID(3)]), name: "second", tokens: [tokens[1], tokens[3]]).run()
            async let third = run.worker(.count(1), name: "third", tokens: [tokens[1]]).run()
            for farewell in try await [first, second, third] { #expect(farewell.isFinished) }
        }
        #expect(outcome == .finished)
        #expect(run.digests == (try await HostilePeerTests.calmDigests()))
        #expect(try await run.refusals() == 0)
    }

    @Test("Where clients misbehave, a worker that does not know how is refused, and one whose data nobody else has")
    func behaviours() async throws {
        let run = try await NetworkedRun(
            Self.scenario + "\nbehaviours: [{kind: scaling, clients: 1}, {kind: alie, clients: [2, 3]}]")
        @Sendable func refusal(ownData: Bool, _ capabilities: Capabilities) async throws -> ErrorMessage? {
            let answer = Noted<ErrorMessage?>(nil)
            try await ScriptedWorker(
                endpoint: run.listener.endpoint, hosting: .clients([ClientID(0)]), ownData: ownData,
                capabilities: capabilities
            ).run { _, message in
                if case .error(let error) = message { answer.withLock { $0 = error } }
                throw ScriptedWorker.Done()
            }
            return answer.withLock { $0 }
        }
        let outcome = try await run.run { run in
            #expect(try await refusal(ownData: false, [])?.knownCode == .unsupportedBehaviour)
            #expect(try await refusal(ownData: true, .behaviours)?.knownCode == .dataMismatch)
            async let first = run.worker(.clients([ClientID(1), ClientID(2)])).run()
            async let second = run.worker(.clients([ClientID(0), ClientID(3)])).run()
            for farewell in try await [first, second] { #expect(farewell.isFinished) }
        }
        #expect(outcome == .finished)
        let clients = try await run.store.reader.clientRounds(of: run.identity, round: 2)
        #expect(clients.map(\.behaviours) == [nil, "scaling", "alie", "alie"])
    }

    @Test("Where clients evaluate models, a worker that cannot is refused; the record has what the others found")
    func evaluation() async throws {
        let run = try await NetworkedRun(
            Self.scenario.replacing("clients: 4", with: "clients: {count: 4, holdout: 0.2}"))
        let outcome = try await run.run { run in
            let answer = Noted<ErrorMessage?>(nil)
            try await ScriptedWorker(endpoint: run.listener.endpoint, hosting: .clients([ClientID(0)])).run {
                _, message in
                if case .error(let error) = message { answer.withLock { $0 = error } }
                throw ScriptedWorker.Done()
            }
            #expect(answer.withLock { $0 }?.knownCode == .unsupportedEvaluation)
            async let first = run.worker(.clients([ClientID(1), ClientID(2)])).run()
            async let second = run.worker(.clients([ClientID(0), ClientID(3)])).run()
            for farewell in try await [first, second] { #expect(farewell.isFinished) }
        }
        #expect(outcome == .finished)
        let clients = try await run.store.reader.clientRounds(of: run.identity, round: 2)
        #expect(clients.count == 4 && clients.allSatisfy { $0.heldOut?.global != nil && $0.heldOut?.personal == nil })
    }

    @Test("With mutual TLS, and with tokens besides, the models are the same bits", arguments: [false, true])
    func mutualTLS(withTokens: Bool) async throws {
        let authority = try TestAuthority()
        let run = try await NetworkedRun(
            Self.scenario, settings: withTokens ? settings() : HostilePeerTests.settings,
            security: try authority.listener())
        let low = try authority.connector(try authority.clients("0..1"))
        let high = try authority.connector(try authority.clients("2..3"))
        let outcome = try await run.run { run in
            async let first = run.worker(
                .share, name: "first", security: low, tokens: withTokens ? Array(tokens[0...1]) : []
            ).run()
            async let second = run.worker(
                .share, connections: 2, name: "second", security: high, tokens: withTokens ? Array(tokens[2...3]) : []
            ).run()
            for farewell in try await [first, second] { #expect(farewell.isFinished) }
        }
        #expect(outcome == .finished)
        #expect(run.digests == (try await HostilePeerTests.calmDigests()))
    }

    @Test("A wrong token, none, or one for other clients: told to the worker, written into the record")
    func refusedTokens() async throws {
        let run = try await NetworkedRun(Self.scenario, settings: settings())
        let outcome = try await run.run { run in
            let wrong = try await problem(run.worker(.share, tokens: [.random(for: ClientID(2))]))
            #expect(wrong.kind == .unavailable && wrong.what.contains("client 2") && wrong.remedy != nil)
            let none = try await problem(run.worker(.share))
            #expect(none.kind == .unavailable && none.what.contains("asks for tokens"))
            let unknown = try await problem(run.worker(.share, tokens: [.random(for: ClientID(9))]))
            #expect(unknown.what.contains("client 9"))
            let others = ScriptedWorker(
                endpoint: run.listener.endpoint, hosting: .clients([ClientID(3)]), tokens: [ClientID(1)])
            try await others.run { connection, message in
                switch message {
                case .challenge(let challenge):
                    connection.send(.proof(try proof([tokens[1]], others.hello, challenge)))
                case .error(let error):
                    #expect(error.knownCode == .clientForbidden)
                    throw ScriptedWorker.Done()
                default: break
                }
            }
            try await eventually { try await run.refusals() == 4 }
            _ = try await run.worker(.share, tokens: tokens).run()
        }
        #expect(outcome == .finished)
        let refused = try await run.events().filter { $0.kind == "refused" }
        #expect(refused.count == 4 && refused.allSatisfy { $0.peer?.hasPrefix("127.0.0.1:") == true })
    }

    @Test("A proof that was overheard is of no use on another connection, nor one about another greeting")
    func replayed() async throws {
        let run = try await NetworkedRun(Self.scenario, settings: settings())
        _ = try await run.run { run in
            let overheard = Mutex<Proof?>(nil)
            let peer = ScriptedWorker(
                endpoint: run.listener.endpoint, hosting: .clients([ClientID(3)]), tokens: [ClientID(3)])
            let isWelcome = Mutex(false)
            try await peer.run { connection, message in
                switch message {
                case .challenge(let challenge):
                    let proof = try proof([tokens[3]], peer.hello, challenge)
                    overheard.withLock { $0 = proof }
                    connection.send(.proof(proof))
                case .welcome:
                    isWelcome.withLock { $0 = true }
                    throw ScriptedWorker.Done()
                default: break
                }
            }
            #expect(isWelcome.withLock { $0 })
            let replayed = try #require(overheard.withLock { $0 })
            var changed = peer.hello
            changed.hosting = .share
            let tampered = changed
            let certificate = [UInt8](repeating: 1, count: 32)
            // The very same Hello, nonce and all; a Hello that was changed on the way; a proof made on a connection that
            // ends at another certificate.
            let attacks: [(ScriptedWorker, @Sendable (Challenge) throws -> Proof)] = [
                (peer, { @Sendable _ in replayed }),
                (peer, { @Sendable in try proof([tokens[3]], tampered, $0) }),
                (peer, { @Sendable in try proof([tokens[3]], peer.hello, $0, binding: certificate) }),
                (peer, { @Sendable in try proof([tokens[2]], peer.hello, $0).about(ClientID(3)) }),
            ]
            for (attacker, proof) in attacks {
                let code = Mutex<WireError.Code?>(nil)
                try await attacker.run { connection, message in
                    switch message {
                    case .challenge(let challenge): connection.send(.proof(try proof(challenge)))
                    case .error(let error):
                        code.withLock { $0 = error.knownCode }
                        throw ScriptedWorker.Done()
                    case .welcome: Issue.record("it was let in")
                    default: break
                    }
                }
                #expect(code.withLock { $0 } == .tokenRefused)
            }
            try await eventually { try await run.refusals() == attacks.count }
            await run.coordinator.stop()
        }
    }

    @Test("Whoever offers tokens and does not prove them is left in time")
    func silentProof() async throws {
        let run = try await NetworkedRun(Self.scenario, settings: settings())
        _ = try await run.run { run in
            let code = Mutex<WireError.Code?>(nil)
            try await ScriptedWorker(
                endpoint: run.listener.endpoint, hosting: .share, tokens: [ClientID(3)]
            ).run { _, message in
                if case .error(let error) = message { code.withLock { $0 = error.knownCode } }
            }
            #expect(code.withLock { $0 } == .greetingTimeout)
            try await eventually { try await run.refusals() == 1 }
            await run.coordinator.stop()
        }
    }

    /// How a coordinator that has no register may try to get by.
    enum Pretence: CaseIterable {
        case madeUpSignature, otherClients, noChallenge, silence
    }

    private final class Told: Sendable {
        let code = Mutex<WireError.Code?>(nil)
    }

    @Test("A coordinator that does not know the tokens is left, and told why", arguments: Pretence.allCases)
    func pretender(pretence: Pretence) async throws {
        let run = try await NetworkedRun(Self.scenario)
        var limits = WireLimits()
        limits.greetingTimeout = .milliseconds(300)
        let listener = try await Listener.bind(
            to: Endpoint(host: "127.0.0.1", port: 0), logger: .init(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let told = Told()
        let worker = try await run.worker(
            .share, limits: limits, endpoint: listener.endpoint, tokens: [tokens[3]])
        try await withThrowingTaskGroup(of: Problem?.self) { group in
            defer { group.cancelAll() }
            group.addTask {
                try await listener.run { connection, inbox in
                    for try await message in inbox {
                        switch message {
                        case .hello where pretence == .noChallenge:
                            connection.send(.welcome(run.welcome))
                        case .hello where pretence != .silence:
                            connection.send(.challenge(Challenge(nonce: .random(), run: .random())))
                        case .proof:
                            let client = pretence == .otherClients ? ClientID(2) : ClientID(3)
                            let signature = ClientProof(client: client, value: .random())
                            connection.send(.confirmation(Confirmation(signatures: [signature])))
                            connection.send(.welcome(run.welcome))
                        case .error(let error): told.code.withLock { $0 = error.knownCode }
                        default: break
                        }
                    }
                }
                return nil
            }
            group.addTask {
                if pretence == .silence {
                    // It may only be slow: the worker tries again.
                    try await eventually { told.code.withLock { $0 == .greetingTimeout } }
                    return Problem(.unavailable, "")
                }
                return try await problem(worker)
            }
            if pretence == .silence {
                group.addTask {
                    _ = try? await worker.run()
                    return nil
                }
            }
            while let problem = try await group.next() {
                guard let problem else { continue }
                #expect(problem.kind == .unavailable)
                if pretence != .silence {
                    try await eventually { told.code.withLock { $0 } == .coordinatorUnproven }
                }
                return
            }
        }
    }

    @Test("Whoever has overheard a worker's id cannot push it out, or take what is kept for it")
    func stolenIdentity() async throws {
        let run = try await NetworkedRun(Self.scenario, settings: settings())
        _ = try await run.run { run in
            let victim = ScriptedWorker(
                endpoint: run.listener.endpoint, hosting: .clients([ClientID(3)]), tokens: [ClientID(3)])
            var thief = ScriptedWorker(endpoint: run.listener.endpoint, hosting: .share, tokens: [ClientID(2)])
            thief.hello.workerID = victim.hello.workerID
            let attacker = thief
            try await victim.run { connection, message in
                switch message {
                case .challenge(let challenge):
                    connection.send(.proof(try proof([tokens[3]], victim.hello, challenge)))
                case .welcome:
                    try await attacker.run { connection, message in
                        switch message {
                        case .challenge(let challenge):
                            connection.send(.proof(try proof([tokens[2]], attacker.hello, challenge)))
                        case .error(let error):
                            #expect(error.knownCode == .clientForbidden)
                            throw ScriptedWorker.Done()
                        case .welcome: Issue.record("it was let in")
                        default: break
                        }
                    }
                    // The first connection stands: it is this side that ends it.
                    throw ScriptedWorker.Done()
                case .error(let error): Issue.record("\(error.text)")
                default: break
                }
            }
            await run.coordinator.stop()
        }
        let events = try await run.events()
        #expect(events.count { $0.kind == "worker_joined" } == 1)
        #expect(events.contains { $0.kind == "refused" && $0.text.contains("another worker has the id") })
    }

    /// How somebody who takes part loses the right to.
    enum Withdrawal: CaseIterable {
        case revokedCertificate, removedToken, otherToken
    }

    @Test("Whoever loses the right to take part in the middle of the run leaves it", arguments: Withdrawal.allCases)
    func withdrawn(how: Withdrawal) async throws {
        let authority = try TestAuthority()
        let folder = try TemporaryFolder()
        var settings = how == .revokedCertificate ? HostilePeerTests.settings : settings()
        settings.limits.admissionReview = .milliseconds(50)
        if let tokens = settings.tokens {
            let path = folder.path("tokens.json")
            try tokens.latest.write(path: path, overwriting: false)
            settings.tokens = try RereadFile(path: path) { (path, _) throws(Problem) in try TokenRegister(path: path) }
        }
        let run = try await NetworkedRun(
            """
            rounds: 100000
            clients: 4
            minimum_updates: 1
            model: logistic
            train: {batch_size: 10, learning_rate: 0.1}
            network: {absence_deadline: 200ms}
            """, settings: settings, security: how == .revokedCertificate ? try authority.listener() : .plain)
        let theirs = try authority.clients("3")
        let stays =
            how == .revokedCertificate
            ? try authority.connector(try authority.clients("0..2")) : ConnectorSecurity.plain
        let leaves = how == .revokedCertificate ? try authority.connector(theirs) : .plain
        let isToken = how != .revokedCertificate
        let outcome = try await run.run { run in
            let honest = try await run.worker(
                .share, name: "honest", security: stays, tokens: isToken ? Array(tokens[0...2]) : [])
            let other = try await run.worker(
                .share, name: "other", security: leaves, tokens: isToken ? [tokens[3]] : [])
            async let farewell = honest.run()
            async let problem = problem(other)
            try await eventually { run.digests.count > 3 }
            switch how {
            case .revokedCertificate: _ = try authority.folder.revoke(theirs.certificate)
            case .removedToken, .otherToken:
                var register = try TokenRegister(path: folder.path("tokens.json"))
                if how == .removedToken {
                    let wasThere = register.remove(ClientID(3))
                    #expect(wasThere)
                } else {
                    register.enrol(.random(for: ClientID(3)))
                }
                try register.write(path: folder.path("tokens.json"), overwriting: true)
            }
            // It is told why, and does not try again.
            let text = try await problem.what
            #expect(text.contains(isToken ? "the token of client 3" : "was revoked"), "\(text)")
            let count = run.digests.count
            try await eventually { run.digests.count > count + 3 }
            await run.coordinator.stop()
            _ = try await farewell
        }
        #expect(outcome == .stopped)
        #expect(try await run.record(round: 2).map(\.status) == Array(repeating: .reported, count: 4))
        let last = try await run.record(round: run.digests.count)
        #expect(last.map(\.status) == [.reported, .reported, .reported, .failed])
        let events = try await run.events()
        #expect(
            events.contains { $0.kind == "worker_left" && $0.text.contains(isToken ? "was taken back" : "was revoked") }
        )
    }

    @Test("A client acts only for itself: no update of another's, none for a round to which it was not invited")
    func actsForItself() async throws {
        let authority = try TestAuthority()
        let run = try await NetworkedRun(
            Self.scenario + "\nminimum_updates: 1\nnetwork: {absence_deadline: 200ms}",
            settings: HostilePeerTests.settings, security: try authority.listener())
        let honest = try authority.connector(try authority.clients("0..2"))
        let hostile = try authority.connector(try authority.clients("3"))
        let outcome = try await run.run { run in
            try await withThrowingTaskGroup(of: Void.self) { group in
                let others = try await run.worker(.share, name: "honest", security: honest)
                group.addTask { _ = try await others.run() }
                // Another's certificate opens no other client.
                try await ScriptedWorker(
                    endpoint: run.listener.endpoint, hosting: .clients([ClientID(2)]), security: hostile
                ).run { _, message in
                    guard case .error(let error) = message else { return }
                    #expect(error.knownCode == .clientForbidden)
                    throw ScriptedWorker.Done()
                }
                let receipts = Mutex<[Receipt]>([])
                try await ScriptedWorker(
                    endpoint: run.listener.endpoint, hosting: .share, security: hostile
                ).run { connection, message in
                    func send(round: UInt32, client: UInt32, attempt: UInt32) async throws {
                        let update = OutgoingUpdate(
                            key: UpdateKey(round: round, client: ClientID(client), attempt: attempt),
                            examples: UInt32(run.context.partition.count(of: 3)), loss: 0, accuracy: 1, steps: 1,
                            trainMicroseconds: 1, parameters: ParameterVector(zerosFor: run.context.model.layout),
                            chunkSize: 1 << 16)
                        for frame in update { try await connection.write(frame) }
                    }
                    switch message {
                    case .welcome(let welcome):
                        #expect(welcome.assigned == [ClientID(3)])
                        ScriptedWorker.answer(welcome, run.context, connection)
                    case .invitation(let invitation):
                        try await send(round: invitation.round + 1, client: 3, attempt: 1)
                        try await send(round: invitation.round, client: 3, attempt: 9)
                    case .receipt(let receipt):
                        let count = receipts.withLock { receipts in
                            receipts.append(receipt)
                            return receipts.count
                        }
                        // The header alone is refused, so that the chunks after it may find the connection closed.
                        if count == 2 { try? await send(round: 1, client: 0, attempt: 1) }
                    case .error(let error):
                        #expect(error.knownCode == .clientUnavailable)
                        throw ScriptedWorker.Done()
                    default: break
                    }
                }
                #expect(receipts.withLock { $0.map(\.outcome) } == [.rejected, .rejected])
                #expect(receipts.withLock { $0.allSatisfy { $0.text.contains("not invited") } })
                try await group.waitForAll()
            }
        }
        #expect(outcome == .finished)
        let first = try await run.record(round: 1)
        #expect(first.map(\.status) == [.reported, .reported, .reported, .failed])
        let events = try await run.events()
        #expect(events.contains { $0.kind == "refused" && $0.text.contains("client 2") })
        #expect(events.contains { $0.kind == "update_uninvited" && $0.client == ClientID(3) })
        #expect(events.contains { $0.kind == "worker_left" && $0.text.contains("client 0 is not hosted") })
    }
}

extension Proof {
    /// The same proof, said to be another client's.
    fileprivate func about(_ client: ClientID) -> Proof {
        Proof(proofs: proofs.map { ClientProof(client: client, value: $0.value) })
    }
}

extension NetworkedRun {
    /// A greeting of this run, for somebody who has no right to give it.
    fileprivate var welcome: Welcome {
        Welcome(
            run: .random(), seed: 1, maxFramePayload: 100_000, chunkSize: 1000, heartbeatMilliseconds: 1000,
            model: context.model.name, layout: context.model.layout, dataset: context.dataset.kind,
            datasetDigest: context.dataset.digest, trainCount: 1, classes: 10, partition: .iid, population: 4,
            assigned: [ClientID(3)])
    }
}
