internal import Crypto
public import Diagnostics
internal import Foundation
internal import Identity
internal import NIOCore
internal import NIOSSL
internal import Wire

/// How a worker protects its connections and how it shows who it is.
public struct ConnectorSecurity: Sendable {
    /// The files that make a worker speak TLS.
    public struct Files: Sendable {
        /// The authority that the coordinator's certificate has to come from.
        public var authority: String
        /// The worker's own, where the coordinator asks for one.
        public var own: (certificate: String, key: String)?

        public init(authority: String, own: (certificate: String, key: String)? = nil) {
            self.authority = authority
            self.own = own
        }
    }

    private struct TLS: Sendable {
        let context: NIOSSLContext
        let authority: IssuedCertificate
        let own: KeyPair?
    }

    private let tls: TLS?

    private init(_ tls: TLS?) {
        self.tls = tls
    }

    /// Without TLS: everybody on the way can read and change what is said.
    public static let plain = ConnectorSecurity(nil)

    /// TLS 1.3 (RFC 8446) with a coordinator whose certificate comes from this authority.
    ///
    /// - Throws: a ``Problem`` for files that are missing or wrong.
    public static func tls(_ files: Files) throws(Problem) -> ConnectorSecurity {
        let authority = try IssuedCertificate.authority(path: files.authority)
        let own: KeyPair? =
            if let own = files.own { try KeyPair(certificate: own.certificate, key: own.key) } else { nil }
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.useTLS13()
        // The host too is for the callback.
        configuration.certificateVerification = .noHostnameVerification
        do {
            try own?.use(in: &configuration)
            return ConnectorSecurity(
                TLS(context: try NIOSSLContext(configuration: configuration), authority: authority, own: own))
        } catch {
            throw Problem(.software, "TLS cannot be set up: \(error)", at: files.authority)
        }
    }

    /// Whether connections are encrypted.
    public var isEncrypted: Bool { tls != nil }

    /// Adds the handlers of a connection to `host`; where its handshake is told, if there is one.
    func setUp(_ channel: any Channel, host: String, timeout: Duration) throws -> AsyncStream<Handshake>? {
        guard let tls else { return nil }
        let (handshake, entry) = AsyncStream.makeStream(of: Handshake.self)
        let gate = HandshakeGate(waitsForPeer: true, timeout: timeout, outcome: entry)
        let check = CertificateCheck(authority: tls.authority, holder: .coordinator(host: host))
        let verifier = CertificateVerifier(check: check, gate: gate, eventLoop: channel.eventLoop)
        // Of no use to this project's coordinators, and addresses are not allowed in it (RFC 6066, section 3).
        let handler = try NIOSSLClientHandler(
            context: tls.context, serverHostname: nil, customVerificationCallback: verifier.verify)
        try channel.pipeline.syncOperations.addHandlers(handler, gate)
        return handshake
    }

    /// Judges a handshake.
    ///
    /// - Throws: a ``WireError`` that says why there is no connection to be had.
    func credentials(_ handshake: Handshake) async throws -> PeerCredentials {
        guard let tls else { return .none }
        switch handshake {
        case .failed(let trouble): throw await error(trouble, tls)
        case .done(let peerCertificate, _):
            guard let peerCertificate else { throw await error(.noPeerCertificate, tls) }
            return PeerCredentials(
                certificate: nil, channelBinding: Array(SHA256.hash(data: peerCertificate)))
        }
    }

    private func error(_ trouble: HandshakeTrouble, _ tls: TLS) async -> WireError {
        switch trouble {
        case .badPeerCertificate(let what):
            WireError(.coordinatorUnproven, "the coordinator's certificate \(what)")
        case .noPeerCertificate:
            WireError(.coordinatorUnproven, "the coordinator showed no certificate")
        case .certificateRequired:
            WireError(
                .certificateRefused, "the coordinator asks for a certificate, and this worker has none",
                remedy: "Give one with --certificate and --key; the owner of the authority issues it (fed certs issue)."
            )
        case .certificateRefused:
            await refusal(tls)
        case .noTLS, .plainPeer:
            WireError(
                .tlsMismatch, "what listens there does not speak TLS",
                remedy: "Start the coordinator with --certificate and --key, or this worker without --authority.")
        case .tookTooLong(let limit):
            WireError(.greetingTimeout, "the TLS handshake was not over within \(limit)")
        case .closed:
            WireError(.handshakeFailed, "the coordinator closed the connection during the TLS handshake")
        case .other(let what):
            WireError(.handshakeFailed, "the TLS handshake failed: \(what)")
        }
    }

    /// The coordinator only said that it does not accept the certificate; what can be wrong with it is to be seen here,
    /// too.
    private func refusal(_ tls: TLS) async -> WireError {
        guard let own = tls.own else {
            return WireError(.certificateRefused, "the coordinator did not accept that this worker has no certificate")
        }
        let check = CertificateCheck(authority: tls.authority, holder: .client)
        let what = await check.trouble(with: own.certificate) ?? "is in order as far as can be seen here"
        return WireError(
            .certificateRefused,
            "the coordinator refused this worker's certificate \(own.path), which \(what)")
    }
}
