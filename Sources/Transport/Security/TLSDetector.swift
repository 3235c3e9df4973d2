internal import NIOCore
internal import NIOSSL
internal import Wire

/// The first handler of a coordinator that speaks TLS: looks at a connection's first byte, and begins TLS if that is how
/// TLS begins. A worker that speaks the protocol without TLS can so be told in its own language.
final class TLSDetector: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    /// The content type of a handshake record (RFC 8446, section 5.1).
    private static let handshakeRecord: UInt8 = 0x16

    private let gate: HandshakeGate
    private let makeHandler: () -> NIOSSLServerHandler
    private var isDecided = false

    init(gate: HandshakeGate, makeHandler: @escaping () -> NIOSSLServerHandler) {
        self.gate = gate
        self.makeHandler = makeHandler
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if !isDecided, let first = unwrapInboundIn(data).readableBytesView.first {
            isDecided = true
            if first == Self.handshakeRecord {
                do {
                    try context.pipeline.syncOperations.addHandler(makeHandler(), position: .after(self))
                } catch {
                    gate.shut(.other("TLS cannot begin: \(error)"))
                }
            } else {
                gate.shut(first == Wire.preface.first ? .plainPeer : .noTLS)
            }
        }
        // A gate that is shut lets nothing through.
        context.fireChannelRead(data)
    }
}
