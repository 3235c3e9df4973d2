public import Diagnostics
internal import Foundation
internal import Identity
public import Logging
internal import NIOCore
internal import NIOPosix
internal import NIOSSL
public import Wire

/// How a listener protects its connections and whom it lets in.
public struct ListenerSecurity: Sendable {
    /// The files that make a coordinator speak TLS.
    public struct Files: Sendable {
        /// The coordinator's own; the two are read again when they change.
        public var certificate: String
        public var key: String
        /// The authority that workers' certificates have to come from; without it none are asked for.
        public var authority: String?
        /// What the authority has taken back.
        public var revoked: String?

        public init(certificate: String, key: String, authority: String? = nil, revoked: String? = nil) {
            self.certificate = certificate
            self.key = key
            self.authority = authority
            self.revoked = revoked
        }
    }

    private struct TLS: Sendable {
        let identity: RereadFile<ListenerIdentity>
        let check: CertificateCheck?
        let revocations: RereadFile<RevocationList>?
    }

    private let tls: TLS?

    private init(_ tls: TLS?) {
        self.tls = tls
    }

    /// Without TLS: everybody on the way can read and change what is said.
    public static let plain = ListenerSecurity(nil)

    /// TLS 1.3 (RFC 8446), mutual if an authority is named.
    ///
    /// - Throws: a ``Problem`` for files that are missing, wrong or expired.
    public static func tls(_ files: Files) throws(Problem) -> ListenerSecurity {
        let asksForCertificates = files.authority != nil
        let identity = try RereadFile(paths: [files.certificate, files.key]) { _ throws(Problem) in
            try ListenerIdentity(
                certificate: files.certificate, key: files.key, asksForCertificates: asksForCertificates)
        }
        let authority: IssuedCertificate? =
            if let path = files.authority { try IssuedCertificate.authority(path: path) } else { nil }
        var revocations: RereadFile<RevocationList>?
        if let path = files.revoked {
            guard let authority else {
                throw Problem(
                    .usage, "a list of revocations needs the authority that signed it", at: path,
                    remedy: "Name it with --authority.")
            }
            revocations = try RereadFile(path: path) { (path, before) throws(Problem) in
                let list = try RevocationList(path: path, authority: authority)
                // An old list, put back, would let in who was turned away.
                if let before, list.number < before.number {
                    throw Problem(.data, "the revocation list is older than the one before", at: path)
                }
                return list
            }
        }
        return ListenerSecurity(
            TLS(
                identity: identity, check: authority.map { CertificateCheck(authority: $0, holder: .client) },
                revocations: revocations))
    }

    /// Whether workers have to show certificates.
    public var asksForCertificates: Bool { tls?.check != nil }

    /// The certificate and key that the next connection is served with, read again if their files have changed; `nil` without
    /// TLS.
    func identity(on eventLoop: any EventLoop, _ logger: Logger) -> EventLoopFuture<ListenerIdentity?> {
        guard let tls else { return eventLoop.makeSucceededFuture(nil) }
        return NIOThreadPool.singleton.runIfActive(eventLoop: eventLoop) {
            tls.identity.current { problem in
                logger.error(
                    "the renewed certificate is not taken; the one before stays in use",
                    metadata: ["reason": "\(problem)"])
            }
        }
    }

    /// Adds the handlers of a connection that has been accepted; where its handshake is told, if there is one.
    func setUp(
        _ channel: any Channel, as identity: ListenerIdentity?, timeout: Duration
    ) throws -> AsyncStream<Handshake>? {
        guard let tls, let identity else { return nil }
        let (handshake, entry) = AsyncStream.makeStream(of: Handshake.self)
        let gate = HandshakeGate(
            waitsForPeer: false, ownBinding: identity.channelBinding, timeout: timeout, outcome: entry)
        let door = TLSDetector(gate: gate) {
            guard let check = tls.check else { return NIOSSLServerHandler(context: identity.context) }
            let verifier = CertificateVerifier(check: check, gate: gate, eventLoop: channel.eventLoop)
            return NIOSSLServerHandler(context: identity.context, customVerificationCallback: verifier.verify)
        }
        try channel.pipeline.syncOperations.addHandlers(door, gate)
        return handshake
    }

    /// Judges a handshake: what it has shown about the peer.
    ///
    /// - Throws: a ``WireError`` that says why the peer is turned away.
    func credentials(_ handshake: Handshake, _ logger: Logger) async throws -> PeerCredentials {
        guard let tls else { return .none }
        switch handshake {
        case .failed(let trouble): throw Self.error(trouble)
        case .done(let peerCertificate, let binding):
            guard let check = tls.check else {
                return PeerCredentials(certificate: nil, channelBinding: binding)
            }
            return try await withThrowingTaskGroup(of: PeerCredentials.self) { group in
                // In a task of its own: a task keeps the room that its largest call took, which is kilobytes here, and that
                // of a connection lives as long as the connection.
                group.addTask {
                    let certificate = try await Self.verify(peerCertificate, check, tls, logger)
                    return PeerCredentials(certificate: certificate, channelBinding: binding)
                }
                guard let credentials = try await group.next() else { throw CancellationError() }
                return credentials
            }
        }
    }

    private static func verify(
        _ bytes: [UInt8]?, _ check: CertificateCheck, _ tls: TLS, _ logger: Logger
    ) async throws -> IssuedCertificate {
        guard let bytes, let certificate = try? IssuedCertificate(bytes: bytes) else { throw error(.noPeerCertificate) }
        // A session that is taken up again (RFC 8446, section 2.2) brings its certificate along unjudged.
        if let trouble = await check.trouble(with: certificate) { throw error(.badPeerCertificate(trouble)) }
        if let objection = try await objections(to: [certificate], tls.revocations, logger).first ?? nil {
            throw objection
        }
        guard !certificate.clients.isEmpty else {
            throw WireError(
                .certificateRefused,
                "the worker's certificate \(certificate.serialNumber) (\(certificate.subject)) names no clients")
        }
        return certificate
    }

    /// Why peers that were let in may no longer take part, as things stand now: their certificates have been revoked since,
    /// or have expired. An element for each, `nil` for one that may stay.
    public func objections(to peers: [PeerCredentials], _ logger: Logger) async throws -> [WireError?] {
        guard let tls, tls.check != nil else { return peers.map { _ in nil } }
        return try await Self.objections(to: peers.map(\.certificate), tls.revocations, logger)
    }

    private static func objections(
        to certificates: [IssuedCertificate?], _ revocations: RereadFile<RevocationList>?, _ logger: Logger
    ) async throws -> [WireError?] {
        var list: RevocationList?
        if let revocations {
            list = try await NIOThreadPool.singleton.runIfActive {
                revocations.current { problem in
                    logger.error("the revocation list is not taken", metadata: ["reason": "\(problem)"])
                }
            }
        }
        let now = Date.now
        return certificates.map { certificate in
            guard let certificate else { return nil }
            let isRevoked = list?.contains(certificate) == true
            guard isRevoked || certificate.notAfter < now else { return nil }
            return WireError(
                .certificateRefused,
                "the worker's certificate \(certificate.serialNumber) (\(certificate.subject)) "
                    + (isRevoked ? "was revoked" : "has expired"))
        }
    }

    private static func error(_ trouble: HandshakeTrouble) -> WireError {
        switch trouble {
        case .badPeerCertificate(let what):
            WireError(.certificateRefused, "the worker's certificate \(what)")
        case .noPeerCertificate:
            WireError(.certificateRefused, "the worker showed no certificate")
        case .certificateRefused:
            WireError(.coordinatorUnproven, "the worker does not accept this coordinator's certificate")
        case .certificateRequired:
            WireError(.coordinatorUnproven, "the worker asks for a certificate")
        case .plainPeer:
            WireError(
                .tlsMismatch, "the worker does not speak TLS, and this coordinator speaks nothing else",
                remedy:
                    "Start the worker with --authority, and with --certificate and --key if the coordinator asks for them."
            )
        case .noTLS:
            WireError(.badPreface, "the connection does not begin as one of TLS")
        case .tookTooLong(let limit):
            WireError(.greetingTimeout, "the TLS handshake was not over within \(limit)")
        case .closed(let afterBytes):
            WireError(
                afterBytes ? .handshakeFailed : .streamTruncated, "the peer went away during the TLS handshake")
        case .other(let what):
            WireError(.handshakeFailed, "the TLS handshake failed: \(what)")
        }
    }
}
