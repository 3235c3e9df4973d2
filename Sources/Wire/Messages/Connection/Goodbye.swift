internal import NIOCore

/// Either way, before the sender closes the connection in good order.
public struct Goodbye: Sendable, Equatable {
    public var reason: Reason
    /// For people.
    public var text: String

    public enum Reason: UInt8, Sendable, CaseIterable {
        /// The run is over: the worker does not come back.
        case runFinished = 1
        /// The run has failed: the worker does not come back.
        case runFailed = 2
        /// The coordinator stops and may start again: the worker may come back.
        case coordinatorStopping = 3
        /// The worker stops.
        case workerLeaving = 4
    }

    public init(reason: Reason, text: String = "") {
        self.reason = reason
        self.text = text
    }
}

extension Goodbye: MessagePayload {
    init(from reader: inout MessageReader) throws(WireError) {
        let value: UInt8 = try reader.integer("reason")
        guard let reason = Reason(rawValue: value) else {
            throw reader.invalid("reason", "is \(value), none of 1 to 4")
        }
        self.reason = reason
        text = try reader.text("text", limit: WireLimits.textBytes)
    }

    func write(to buffer: inout ByteBuffer) {
        buffer.writeField(reason.rawValue)
        buffer.writeText(text)
    }
}
