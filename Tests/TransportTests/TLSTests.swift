import Diagnostics
import Federation
import Foundation
import Identity
import Logging
import NIOCore
import Synchronization
import TestSupport
import Testing
import Transport
import Wire

/// TLS over real sockets: who gets through, and what both sides are told when somebody does not.
struct TLSTests {
    /// What came of a connection that was tried.
    private struct Attempt {
        /// What the coordinator knew about a worker that it served.
        var served: [PeerCredentials] = []
        /// What the worker knew about its connection.
        var connected: PeerCredentials?
        /// Why the coordinator turned a connection away.
        var refusals: [WireError] = []
        /// What the worker's connection threw, or was told.
        var failure: WireError.Code?
        var text = ""
    }

    private func bind(
        _ security: ListenerSecurity, greeting: Duration = .seconds(10), log: LogLines? = nil
    ) async throws -> Listener {
        var limits = WireLimits()
        limits.greetingTimeout = greeting
        return try await Listener.bind(
            to: Endpoint(host: "127.0.0.1", port: 0), security: security, limits: limits,
            logger: log?.logger ?? Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    /// Serves with an echo while `body` runs.
    private func serving(
        _ listener: Listener, _ attempt: Shared, _ body: @escaping @Sendable () async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: Bool.self) { group in
            defer { group.cancelAll() }
            group.addTask {
                try await listener.run { _, error in
                    attempt.change { $0.refusals.append(error) }
                } _: { connection, inbox in
                    attempt.change { $0.served.append(connection.credentials) }
                    for try await message in inbox { connection.send(message) }
                }
                return false
            }
            group.addTask {
                try await body()
                return true
            }
            while let isBody = try await group.next() {
                if isBody { return }
            }
        }
    }

    private final class Shared: Sendable {
        private let attempt = Mutex(Attempt())
        func change(_ body: @Sendable (inout Attempt) -> Void) { attempt.withLock { body(&$0) } }
        var value: Attempt { attempt.withLock { $0 } }
    }

    /// Connects and has a message echoed.
    private func attempt(
        _ listening: ListenerSecurity, _ connecting: ConnectorSecurity, host: String = "127.0.0.1",
        log: LogLines? = nil
    ) async throws -> Attempt {
        let listener = try await bind(listening, log: log)
        let shared = Shared()
        try await serving(listener, shared) {
            do {
                try await Connector.withConnection(
                    to: Endpoint(host: host, port: listener.endpoint.port), security: connecting
                ) { connection, inbox in
                    let credentials = connection.credentials
                    shared.change { $0.connected = credentials }
                    connection.send(.error(ErrorMessage(code: 999, text: "echo", remedy: "")))
                    for try await case .error(let error) in inbox {
                        shared.change {
                            $0.failure = error.knownCode
                            $0.text = error.text
                        }
                        return
                    }
                }
            } catch let error as WireError {
                shared.change {
                    $0.failure = error.code
                    $0.text = error.text
                }
            }
            // A refusal may be noted on the other side a moment later.
            if shared.value.text != "echo" { try await eventually { !shared.value.refusals.isEmpty } }
        }
        return shared.value
    }

    @Test("With certificates of one authority both sides know each other", arguments: ["127.0.0.1", "localhost"])
    func mutual(host: String) async throws {
        let authority = try TestAuthority()
        let own = try authority.clients("0..3,7")
        let result = try await attempt(try authority.listener(), try authority.connector(own), host: host)
        #expect(result.text == "echo" && result.refusals.isEmpty)
        #expect(result.served.first?.clients == (try ClientSet("0..3,7")))
        #expect(result.served.first?.certificate == (try IssuedCertificate(path: own.certificate)))
        let binding = try #require(result.connected?.channelBinding)
        #expect(binding.count == 32 && result.served.first?.channelBinding == binding)
    }

    @Test("A coordinator that asks for no certificate is known all the same")
    func coordinatorAlone() async throws {
        let authority = try TestAuthority()
        let result = try await attempt(try authority.listener(isMutual: false), try authority.connector())
        #expect(result.text == "echo")
        #expect(result.served.count == 1 && result.served[0].clients == nil)
        #expect(result.served[0].channelBinding == result.connected?.channelBinding)
    }

    @Test("Long transfers pass through TLS as they are")
    func bulk() async throws {
        let authority = try TestAuthority()
        let listener = try await bind(try authority.listener())
        let connecting = try authority.connector(try authority.clients("0"))
        let bytes = ByteBuffer(repeating: 7, count: 200_000)
        try await withThrowingTaskGroup(of: Bool.self) { group in
            defer { group.cancelAll() }
            group.addTask {
                try await listener.run { connection, inbox in
                    connection.endGreeting()
                    for try await message in inbox { try await connection.write(message.frame()) }
                }
                return false
            }
            group.addTask {
                try await Connector.withConnection(to: listener.endpoint, security: connecting) { connection, inbox in
                    var offset: UInt64 = 0
                    var messages = inbox.makeAsyncIterator()
                    for _ in 0..<20 {
                        let chunk = Message.modelChunk(ModelChunk(round: 1, offset: offset, bytes: bytes))
                        try await connection.write(chunk.frame())
                        try await connection.drain()
                        #expect(try await messages.next() == chunk)
                        offset += UInt64(bytes.readableBytes)
                    }
                }
                return true
            }
            while let isBody = try await group.next() {
                if isBody { return }
            }
        }
        #expect(listener.traffic.received > 4_000_000)
    }

    @Test("Whoever has no certificate, or the wrong one, is told so and never served")
    func refusedWorkers() async throws {
        let authority = try TestAuthority()
        let other = try TestAuthority(name: "other")
        let revoked = try authority.clients("4")
        _ = try authority.folder.revoke(revoked.certificate)
        let listening = try authority.listener()
        let cases: [(name: String, own: (certificate: String, key: String)?, told: String, noted: String)] = [
            ("none", nil, "asks for a certificate", "no certificate"),
            ("another authority's", try other.clients("0"), "authority \"other\"", "authority \"other\""),
            ("expired", try authority.clients("3", isExpired: true), "expired on", "expired on"),
            ("revoked", revoked, "was revoked", "was revoked"),
            ("a coordinator's", try authority.coordinator(), "not one for clients", "not one for clients"),
        ]
        for (name, own, told, noted) in cases {
            let result = try await attempt(listening, try authority.connector(own))
            #expect(result.failure == .certificateRefused && result.text.contains(told), "\(name): \(result.text)")
            #expect(result.served.isEmpty, "\(name)")
            #expect(
                result.refusals.count == 1 && result.refusals[0].code == .certificateRefused
                    && result.refusals[0].text.contains(noted), "\(name): \(result.refusals)")
        }
    }

    @Test("A worker does not speak to a coordinator that is not the one it was sent to")
    func refusedCoordinators() async throws {
        let authority = try TestAuthority()
        let other = try TestAuthority(name: "other")
        let clients = try authority.clients("0")
        let foreign = try await attempt(try other.listener(), try authority.connector(clients))
        #expect(foreign.failure == .coordinatorUnproven && foreign.text.contains("authority \"other\""))
        let elsewhere = try await attempt(
            try authority.listener(hosts: ["example.org", "10.0.0.1"]), try authority.connector(clients))
        #expect(elsewhere.failure == .coordinatorUnproven)
        #expect(elsewhere.text.contains("is for example.org, 10.0.0.1, not for 127.0.0.1"), "\(elsewhere.text)")
        for result in [foreign, elsewhere] {
            #expect(result.served.isEmpty && result.connected == nil)
            #expect(result.refusals.first?.code == .coordinatorUnproven)
        }
    }

    @Test("A client's certificate does not make a coordinator")
    func clientAsCoordinator() async throws {
        let authority = try TestAuthority()
        let own = try authority.clients("0")
        let listening = try ListenerSecurity.tls(.init(certificate: own.certificate, key: own.key))
        let result = try await attempt(listening, try authority.connector(own))
        #expect(result.failure == .coordinatorUnproven && result.text.contains("not one for a coordinator"))
    }

    @Test("TLS on one side alone is told on both")
    func oneSided() async throws {
        let authority = try TestAuthority()
        let plainWorker = try await attempt(try authority.listener(), .plain)
        #expect(plainWorker.failure == .tlsMismatch && plainWorker.text.contains("does not speak TLS"))
        #expect(plainWorker.served.isEmpty && plainWorker.refusals.map(\.code) == [.tlsMismatch])
        let listener = try await bind(.plain)
        let shared = Shared()
        let connecting = try authority.connector(try authority.clients("0"))
        try await withThrowingTaskGroup(of: Bool.self) { group in
            defer { group.cancelAll() }
            group.addTask {
                try await listener.run { _, inbox in
                    do {
                        for try await _ in inbox {}
                    } catch let error as WireError {
                        shared.change { $0.refusals.append(error) }
                        throw error
                    }
                }
                return false
            }
            group.addTask {
                do {
                    try await Connector.withConnection(to: listener.endpoint, security: connecting) { _, _ in }
                } catch let error as WireError {
                    shared.change { $0.failure = error.code }
                }
                try await eventually { !shared.value.refusals.isEmpty }
                return true
            }
            while let isBody = try await group.next() {
                if isBody { return }
            }
        }
        #expect(shared.value.failure == .tlsMismatch)
        #expect(shared.value.refusals.map(\.code) == [.tlsMismatch])
    }

    @Test(
        "What does not begin as TLS, or does not go on, ends in time and is noted",
        arguments: [
            (Array("GET / HTTP/1.1\r\n\r\n".utf8), WireError.Code.badPreface),
            ([0x16, 0x03, 0x01], .greetingTimeout),
            ([0x16] + [UInt8](repeating: 0xFF, count: 5000), .badPreface),
            ([], .greetingTimeout),
        ] as [([UInt8], WireError.Code)])
    func garbage(bytes: [UInt8], code: WireError.Code) async throws {
        let authority = try TestAuthority()
        let listener = try await bind(try authority.listener(), greeting: .milliseconds(300))
        let shared = Shared()
        try await serving(listener, shared) {
            try await RawConnections.connect(to: listener.endpoint) { inbound, outbound in
                if !bytes.isEmpty { try await outbound.write(ByteBuffer(bytes: bytes)) }
                // It ends, or is reset.
                do { for try await _ in inbound {} } catch {}
            }
            try await eventually { !shared.value.refusals.isEmpty }
        }
        #expect(shared.value.refusals.map(\.code) == [code])
        #expect(shared.value.served.isEmpty)
    }

    @Test("What is revoked while the coordinator runs is turned away from then on")
    func revokedLater() async throws {
        let authority = try TestAuthority()
        let own = try authority.clients("0")
        let listening = try authority.listener()
        let connecting = try authority.connector(own)
        #expect(try await attempt(listening, connecting).text == "echo")
        _ = try authority.folder.revoke(own.certificate)
        #expect(try await attempt(listening, connecting).failure == .certificateRefused)
        // A list that is gone, or an old one put back, lets nobody back in.
        let list = try GuardedFile.read(authority.folder.revocationFile)
        try FileManager.default.removeItem(atPath: authority.folder.revocationFile)
        #expect(try await attempt(listening, connecting).failure == .certificateRefused)
        try GuardedFile.write(list, path: authority.folder.revocationFile, readers: .everybody)
        #expect(try await attempt(listening, connecting).failure == .certificateRefused)
    }

    @Test("A renewed certificate is shown to those who connect from then on, and one without its key is not")
    func renewed() async throws {
        let authority = try TestAuthority()
        let connecting = try authority.connector()
        let listening = try authority.listener(isMutual: false)
        let first = try await attempt(listening, connecting)
        #expect(first.text == "echo")
        let own = try authority.coordinator()
        let (certificate, key) = (try GuardedFile.read(own.certificate), try GuardedFile.read(own.key))
        let second = try await attempt(listening, connecting)
        #expect(second.text == "echo" && second.connected?.channelBinding != first.connected?.channelBinding)
        // The worker's side computes it from what it was shown, and the coordinator's from what it has.
        #expect(second.served.first?.channelBinding == second.connected?.channelBinding)

        _ = try authority.coordinator()
        let renewedKey = try GuardedFile.read(own.key)
        let renewed = try GuardedFile.read(own.certificate)
        try GuardedFile.write(key, path: own.key, readers: .owner, overwriting: true)
        for wrong in [renewed, String(renewed.prefix(100)), ""] {
            try GuardedFile.write(wrong, path: own.certificate, readers: .everybody, overwriting: true)
            let kept = try await attempt(listening, connecting)
            #expect(kept.text == "echo" && kept.connected?.channelBinding == second.connected?.channelBinding)
        }
        try FileManager.default.removeItem(atPath: own.certificate)
        #expect(
            try await attempt(listening, connecting).connected?.channelBinding == second.connected?.channelBinding)

        try GuardedFile.write(renewed, path: own.certificate, readers: .everybody, overwriting: true)
        try GuardedFile.write(renewedKey, path: own.key, readers: .owner, overwriting: true)
        let third = try await attempt(listening, connecting)
        #expect(third.text == "echo" && third.connected?.channelBinding != second.connected?.channelBinding)
        try GuardedFile.write(certificate, path: own.certificate, readers: .everybody, overwriting: true)
        try GuardedFile.write(key, path: own.key, readers: .owner, overwriting: true)
        #expect(
            try await attempt(listening, connecting).connected?.channelBinding == second.connected?.channelBinding)
    }

    @Test("A certificate that cannot be taken is logged once, however many connect")
    func refusedRenewal() async throws {
        let authority = try TestAuthority()
        let log = LogLines()
        let listening = try authority.listener(isMutual: false)
        let connecting = try authority.connector()
        try GuardedFile.write("", path: try authority.coordinator().certificate, readers: .everybody, overwriting: true)
        for _ in 0..<3 { #expect(try await attempt(listening, connecting, log: log).text == "echo") }
        #expect(log.lines.count { $0.contains("the one before stays in use") } == 1)
    }

    @Test("Files that do not fit are told before anything is tried")
    func wrongFiles() throws {
        let authority = try TestAuthority()
        let other = try TestAuthority()
        let own = try authority.clients("0")
        let another = try other.clients("0")
        let missing = authority.folder.path + "/missing"
        #expect(throws: Problem.self) { try authority.connector((own.certificate, another.key)) }
        #expect(throws: Problem.self) { try authority.connector((own.key, own.key)) }
        #expect(throws: Problem.self) { try authority.connector((missing, missing)) }
        #expect(throws: Problem.self) { try ConnectorSecurity.tls(.init(authority: own.key)) }
        #expect(throws: Problem.self) { try ConnectorSecurity.tls(.init(authority: own.certificate)) }
        let expired = try authority.folder.issue(
            .coordinator(hosts: ["localhost"]), days: 1, overwriting: true, notAfter: .now - 60)
        #expect(throws: Problem.self) {
            try ListenerSecurity.tls(.init(certificate: expired.certificate, key: expired.key))
        }
        let coordinator = try authority.coordinator()
        #expect(throws: Problem.self) {
            try ListenerSecurity.tls(
                .init(
                    certificate: coordinator.certificate, key: coordinator.key,
                    authority: authority.folder.certificateFile, revoked: other.folder.revocationFile))
        }
    }
}
