internal import NIOCore

/// The bytes that come on a link that is measured.
struct LinkStream {
    private var parts: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
    private var buffer = ByteBuffer()

    init(_ inbound: NIOAsyncChannelInboundStream<ByteBuffer>) {
        parts = inbound.makeAsyncIterator()
    }

    /// The next request, whatever it is; `nil` when the connection has ended.
    mutating func request() async throws -> (kind: UInt8, count: UInt64)? {
        while buffer.readableBytes < LinkRequest.byteCount {
            guard var part = try await parts.next() else { return nil }
            buffer.discardReadBytes()
            buffer.writeBuffer(&part)
        }
        guard let kind = buffer.readInteger(as: UInt8.self),
            let count = buffer.readInteger(endianness: .little, as: UInt64.self)
        else { return nil }
        return (kind, count)
    }

    /// Waits for so many bytes and drops them; whether all came before the connection ended.
    mutating func skip(_ count: Int) async throws -> Bool {
        var left = count
        while left > 0 {
            if buffer.readableBytes == 0 {
                guard let part = try await parts.next() else { return false }
                buffer = part
            }
            let part = min(left, buffer.readableBytes)
            buffer.moveReaderIndex(forwardBy: part)
            left -= part
        }
        return true
    }
}
