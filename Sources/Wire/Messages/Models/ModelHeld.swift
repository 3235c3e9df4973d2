internal import NIOCore

/// Worker → coordinator, before it is ready: it has received this much of a round's model already, on a connection that
/// was lost. If the round still runs when the worker is invited, a ``ModelRest`` takes the place of the whole model.
public struct ModelHeld: Sendable, Equatable {
    /// The ``ModelHeader`` that it came with.
    public var header: ModelHeader
    /// The number of encoded bytes that are there, from the first; all of them if it is `header.byteCount`.
    public var offset: UInt64

    public init(header: ModelHeader, offset: UInt64) {
        self.header = header
        self.offset = offset
    }
}

extension ModelHeld: MessagePayload {
    init(from reader: inout MessageReader) throws(WireError) {
        header = try ModelHeader(from: &reader)
        offset = try reader.integer("offset", in: 1...header.byteCount)
    }

    func write(to buffer: inout ByteBuffer) {
        header.write(to: &buffer)
        buffer.writeField(offset)
    }
}
