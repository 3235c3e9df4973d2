package import NIOCore

/// The twelve bytes before a payload: u32 payload length, u8 type, u8 flags, u16 reserved, u32 CRC-32C of the first
/// eight of them and the payload.
struct FrameHeader {
    static let byteCount = 12
    /// The header's bytes that the checksum covers.
    static let checkedByteCount = 8

    let type: MessageType
    let payloadLength: Int
    let checksum: UInt32

    /// The header at the beginning of `buffer`, which is left as it is; `nil` while there are fewer than 12 bytes.
    init?(peekedFrom buffer: ByteBuffer, payloadLimit: Int) throws(WireError) {
        var bytes = buffer
        guard bytes.readableBytes >= Self.byteCount,
            let length = bytes.readInteger(endianness: .little, as: UInt32.self),
            let type = bytes.readInteger(as: UInt8.self),
            let flags = bytes.readInteger(as: UInt8.self),
            let reserved = bytes.readInteger(endianness: .little, as: UInt16.self),
            let checksum = bytes.readInteger(endianness: .little, as: UInt32.self)
        else { return nil }
        guard Int(length) <= payloadLimit else {
            throw WireError(.frameTooLong, "a frame of \(length) bytes came; at most \(payloadLimit) are allowed here")
        }
        guard let type = MessageType(rawValue: type) else {
            throw WireError(.unknownMessageType, "message type \(type) is not known")
        }
        guard flags == 0, reserved == 0 else {
            throw WireError(.badHeader, "\(type) has flags \(flags) and reserved bits \(reserved)")
        }
        self.type = type
        payloadLength = Int(length)
        self.checksum = checksum
    }
}

extension ByteBuffer {
    /// Appends a frame: its header, and the payload that `writePayload` appends.
    package mutating func writeFrame(_ type: MessageType, _ writePayload: (inout ByteBuffer) -> Void) {
        let start = writerIndex
        writeField(0 as UInt32)
        writeField(type.rawValue)
        writeRepeatingByte(0, count: 3)
        writeField(0 as UInt32)
        writePayload(&self)
        // A ByteBuffer has less than 2³² bytes, so the length fits.
        setInteger(UInt32(writerIndex - start - FrameHeader.byteCount), at: start, endianness: .little)
        let offset = start - readerIndex
        setInteger(
            withUnsafeReadableBytes { bytes in
                var checksum = CRC32C()
                let frame = bytes[offset...]
                checksum.update(UnsafeRawBufferPointer(rebasing: frame.prefix(FrameHeader.checkedByteCount)))
                checksum.update(UnsafeRawBufferPointer(rebasing: frame.dropFirst(FrameHeader.byteCount)))
                return checksum.value
            }, at: start + FrameHeader.checkedByteCount, endianness: .little)
    }
}
