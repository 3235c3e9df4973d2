internal import NIOCore

/// Coordinator → worker: the round needs no more updates; stop work for it. A model of the round that is being sent is
/// not sent to its end.
public struct RoundClosed: Sendable, Equatable {
    /// From 1.
    public var round: UInt32

    public init(round: UInt32) {
        self.round = round
    }
}

extension RoundClosed: MessagePayload {
    init(from reader: inout MessageReader) throws(WireError) {
        round = try reader.round()
    }

    func write(to buffer: inout ByteBuffer) {
        buffer.writeField(round)
    }
}
