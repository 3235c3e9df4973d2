import NIOCore
import NIOPosix
import Transport
import Wire

/// A peer that sends bytes of its choice, whatever they are.
enum RawPeer {
    /// Connects, sends `bytes`, and reads until the coordinator closes the connection; all that it sent.
    ///
    /// - Parameter thenCloses: whether this side says at once that nothing more comes.
    static func exchange(
        with endpoint: Endpoint, _ bytes: [UInt8], thenCloses: Bool = false
    ) async throws -> [UInt8] {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: endpoint.host, port: endpoint.port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(
                        wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true))
                }
            }
        return try await channel.executeThenClose { inbound, outbound in
            if !bytes.isEmpty { try await outbound.write(ByteBuffer(bytes: bytes)) }
            if thenCloses { outbound.finish() }
            var received: [UInt8] = []
            do {
                for try await piece in inbound { received += piece.readableBytesView }
            } catch is IOError {
                // A reset is an end like another.
            }
            return received
        }
    }

    /// The code of the error message that the coordinator closed the connection with.
    static func error(in bytes: [UInt8]) throws -> WireError.Code? {
        let decoder = FrameDecoder(payloadLimit: 1 << 20)
        var buffer = ByteBuffer(bytes: bytes)
        while let message = try decoder.decode(buffer: &buffer) {
            if case .error(let error) = message { return error.knownCode }
        }
        return nil
    }
}
