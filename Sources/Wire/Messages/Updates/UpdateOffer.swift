internal import NIOCore

/// Worker → coordinator: an update that was trained for an earlier invitation, of which a part may have been sent on a
/// connection that was lost. The coordinator answers with an ``UpdateOffset``, or with a ``Receipt`` if it does not want
/// it.
public struct UpdateOffer: Sendable, Equatable {
    /// As it would be sent otherwise.
    public var header: UpdateHeader

    public init(header: UpdateHeader) {
        self.header = header
    }
}

extension UpdateOffer: MessagePayload {
    init(from reader: inout MessageReader) throws(WireError) {
        header = try UpdateHeader(from: &reader)
    }

    func write(to buffer: inout ByteBuffer) {
        header.write(to: &buffer)
    }
}
