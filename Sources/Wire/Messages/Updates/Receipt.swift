public import Federation
internal import NIOCore

/// Coordinator → worker: what became of an update. After it the worker may forget it.
public struct Receipt: Sendable, Equatable {
    public var key: UpdateKey
    public var outcome: Outcome
    /// For people: why, unless accepted.
    public var text: String

    public enum Outcome: UInt8, Sendable, CaseIterable {
        /// It counts.
        case accepted = 1
        /// One of this round and client has been accepted before.
        case duplicate = 2
        /// The round is over.
        case late = 3
        /// It was not invited, or is no use: parameters that are not finite, for example.
        case rejected = 4
    }

    public init(key: UpdateKey, outcome: Outcome, text: String = "") {
        self.key = key
        self.outcome = outcome
        self.text = text
    }
}

extension Receipt: MessagePayload {
    init(from reader: inout MessageReader) throws(WireError) {
        key = try UpdateKey(from: &reader)
        let value: UInt8 = try reader.integer("outcome")
        guard let outcome = Outcome(rawValue: value) else {
            throw reader.invalid("outcome", "is \(value), none of 1 to 4")
        }
        self.outcome = outcome
        text = try reader.text("text", limit: WireLimits.textBytes)
    }

    func write(to buffer: inout ByteBuffer) {
        key.write(to: &buffer)
        buffer.writeField(outcome.rawValue)
        buffer.writeText(text)
    }
}
