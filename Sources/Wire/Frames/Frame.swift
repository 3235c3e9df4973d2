public import NIOCore

/// A frame whose header and checksum are right, and whose payload has yet to be read.
public struct Frame: Sendable, Equatable {
    public var type: MessageType
    /// A view of the bytes received.
    public var payload: ByteBuffer

    public init(type: MessageType, payload: ByteBuffer) {
        self.type = type
        self.payload = payload
    }

    /// Takes the frame at the beginning of `buffer`; `nil` while it is not all there.
    ///
    /// - Throws: a ``WireError`` as soon as twelve bytes show that there will be no acceptable frame.
    public init?(readingFrom buffer: inout ByteBuffer, payloadLimit: Int) throws(WireError) {
        guard let header = try FrameHeader(peekedFrom: buffer, payloadLimit: payloadLimit),
            buffer.readableBytes - FrameHeader.byteCount >= header.payloadLength,
            let checked = buffer.getSlice(at: buffer.readerIndex, length: FrameHeader.checkedByteCount),
            let payload = buffer.getSlice(
                at: buffer.readerIndex + FrameHeader.byteCount, length: header.payloadLength)
        else { return nil }
        var checksum = CRC32C()
        checked.withUnsafeReadableBytes { checksum.update($0) }
        payload.withUnsafeReadableBytes { checksum.update($0) }
        guard checksum.value == header.checksum else {
            throw WireError(.checksumMismatch, "\(header.type) of \(header.payloadLength) bytes has a wrong checksum")
        }
        buffer.moveReaderIndex(forwardBy: FrameHeader.byteCount + header.payloadLength)
        self.init(type: header.type, payload: payload)
    }
}
