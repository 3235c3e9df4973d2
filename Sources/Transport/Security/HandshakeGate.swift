internal import NIOCore
internal import NIOSSL
internal import NIOTLS
import Settings
internal import Wire

/// Lets nothing through before the TLS handshake is over, and says how it came out. It stands right after TLS.
///
/// A worker's handshake ends before the coordinator has judged its certificate (RFC 8446, section 4.4.4). So a worker
/// waits for the coordinator's first bytes, which come only after that, and sends none before: whatever it had sent
/// would lie unread with a coordinator that refuses it, and an end with bytes unread is a reset, which may overtake
/// the alert that tells the reason.
final class HandshakeGate: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private enum State {
        case handshaking
        /// The handshake is over, and the coordinator has yet to say something.
        case awaitingFirstBytes(peerCertificate: [UInt8]?)
        case open
        case shut
    }

    private let waitsForPeer: Bool
    private let ownBinding: [UInt8]?
    private let timeout: Duration
    private let outcome: AsyncStream<Handshake>.Continuation
    private var state = State.handshaking
    private var deadline: Scheduled<Void>?
    /// What is wrong with the peer's certificate.
    var certificateTrouble: String?

    /// - Parameters:
    ///   - waitsForPeer: whether this side is the worker.
    ///   - ownBinding: what names the certificate that this side shows, if it is the coordinator.
    ///   - outcome: told once.
    init(
        waitsForPeer: Bool, ownBinding: [UInt8]? = nil, timeout: Duration,
        outcome: AsyncStream<Handshake>.Continuation
    ) {
        self.waitsForPeer = waitsForPeer
        self.ownBinding = ownBinding
        self.timeout = timeout
        self.outcome = outcome
    }

    func handlerAdded(context: ChannelHandlerContext) {
        let context = NIOLoopBound(context, eventLoop: context.eventLoop)
        let gate = NIOLoopBound(self, eventLoop: context.value.eventLoop)
        deadline = context.value.eventLoop.scheduleTask(in: .nanoseconds(timeout.nanoseconds)) {
            gate.value.shut(.tookTooLong(gate.value.timeout))
        }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        shut(.closed(afterBytes: false))
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .handshakeCompleted? = event as? TLSUserEvent, case .handshaking = state {
            let certificate = try? context.pipeline.syncOperations.nioSSL_peerCertificate()
            let bytes = certificate.flatMap { try? $0.toDERBytes() }
            if waitsForPeer {
                state = .awaitingFirstBytes(peerCertificate: bytes)
            } else {
                open(bytes)
            }
        }
        context.fireUserInboundEventTriggered(event)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if case .awaitingFirstBytes(let certificate) = state { open(certificate) }
        // What comes from a peer that was turned away goes nowhere.
        if case .open = state { context.fireChannelRead(data) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch state {
        case .handshaking, .awaitingFirstBytes:
            shut(trouble(error))
            // NIOSSL closes after what it cannot go on after; this is for what it could.
            context.close(promise: nil)
        case .open:
            // The protocol has ends of its own, frames and farewells: a stream that was cut is noticed by these, with TLS
            // as without.
            if error as? NIOSSLError == .uncleanShutdown || error is NIOSSLCloseTimedOutError { return }
            context.fireErrorCaught(error)
        case .shut: break
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        if case .awaitingFirstBytes = state {
            shut(.closed(afterBytes: true))
        } else {
            shut(.closed(afterBytes: false))
        }
        context.fireChannelInactive()
    }

    private func open(_ certificate: [UInt8]?) {
        state = .open
        finish(.done(peerCertificate: certificate, ownBinding: ownBinding))
    }

    /// Turns the peer away; of no effect once the gate is open.
    func shut(_ trouble: HandshakeTrouble) {
        switch state {
        case .handshaking, .awaitingFirstBytes:
            state = .shut
            finish(.failed(trouble))
        case .open, .shut: break
        }
    }

    private func finish(_ handshake: Handshake) {
        deadline?.cancel()
        deadline = nil
        outcome.yield(handshake)
        outcome.finish()
    }

    /// What an error of the handshake means. BoringSSL's reasons are known by name alone.
    private func trouble(_ error: any Error) -> HandshakeTrouble {
        if let certificateTrouble { return .badPeerCertificate(certificateTrouble) }
        let text = "\(error)"
        func has(_ reason: String) -> Bool { text.contains(reason) }
        if has("PEER_DID_NOT_RETURN_A_CERTIFICATE") { return .noPeerCertificate }
        if has("ALERT_CERTIFICATE_REQUIRED") { return .certificateRequired }
        let refusals = [
            "ALERT_CERTIFICATE_UNKNOWN", "ALERT_UNKNOWN_CA", "ALERT_CERTIFICATE_EXPIRED", "ALERT_CERTIFICATE_REVOKED",
            "ALERT_BAD_CERTIFICATE", "ALERT_UNSUPPORTED_CERTIFICATE", "ALERT_ACCESS_DENIED",
        ]
        if refusals.contains(where: has) { return .certificateRefused }
        let nonsense = ["WRONG_VERSION_NUMBER", "HTTP_REQUEST", "HTTPS_PROXY_REQUEST", "INVALID_SSL_VERSION"]
        if nonsense.contains(where: has) { return .noTLS }
        if has("EOF during handshake") || error as? NIOSSLError == .uncleanShutdown { return .closed(afterBytes: true) }
        return .other(ConnectionTrouble.describe(error))
    }
}
