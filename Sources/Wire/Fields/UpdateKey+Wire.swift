internal import Federation
internal import NIOCore

extension UpdateKey {
    /// u32 round, u32 client, u32 attempt.
    init(from reader: inout MessageReader) throws(WireError) {
        self.init(
            round: try reader.round(), client: ClientID(try reader.integer("client")),
            attempt: try reader.integer("attempt", in: 1...UInt32.max))
    }

    func write(to buffer: inout ByteBuffer) {
        buffer.writeField(round)
        buffer.writeField(client)
        buffer.writeField(attempt)
    }
}
