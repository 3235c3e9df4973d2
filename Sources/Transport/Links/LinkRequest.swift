internal import NIOCore

/// What is asked of a ``LinkServer``: a byte that says which, then a count of bytes (`u64`, little-endian).
enum LinkRequest: UInt8 {
    /// Answered with one byte.
    case echo = 0x65
    /// So many bytes follow; when all have come, one byte is the answer.
    case up = 0x75
    /// So many bytes are the answer.
    case down = 0x64

    /// The bytes of a request.
    static let byteCount = 9
    /// An answer of one byte.
    static let answer = ByteBuffer(integer: UInt8(1))
    private static let piece = ByteBuffer(repeating: 0, count: 64 << 10)

    func bytes(count: UInt64) -> ByteBuffer {
        var buffer = ByteBuffer(integer: rawValue)
        buffer.writeInteger(count, endianness: .little)
        return buffer
    }

    /// Sends so many bytes.
    static func send(_ count: Int, to outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>) async throws {
        var left = count
        while left > 0 {
            let part = min(left, piece.readableBytes)
            try await outbound.write(part == piece.readableBytes ? piece : ByteBuffer(repeating: 0, count: part))
            left -= part
        }
    }
}
