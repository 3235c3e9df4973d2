internal import NIOCore

/// A message as the payload of a frame.
protocol MessagePayload: Sendable, Equatable {
    /// Reads the fields; the caller sees to it that nothing is left over.
    init(from reader: inout MessageReader) throws(WireError)

    /// Writes the fields.
    func write(to buffer: inout ByteBuffer)
}
