public import Federation
internal import NIOCore

/// Worker → coordinator: a client that was invited sends no update. It may come in the middle of that client's update,
/// of which no more then follows.
public struct TrainingFailed: Sendable, Equatable {
    public var key: UpdateKey
    public var reason: Reason
    /// For people.
    public var text: String

    /// Why. Open: a reason that is not known here is kept as the number that it is.
    public struct Reason: RawRepresentable, Sendable, Hashable {
        public let rawValue: UInt16

        public init(rawValue: UInt16) {
            self.rawValue = rawValue
        }

        /// Something inside the worker failed.
        public static let internalFailure = Reason(rawValue: 1)
        /// The client has no examples, or cannot read them.
        public static let noData = Reason(rawValue: 2)
        /// The loss or a parameter is no longer finite.
        public static let diverged = Reason(rawValue: 3)
        /// The worker gave the work up: it is stopping, or the round was closed.
        public static let cancelled = Reason(rawValue: 4)
        /// The worker does not host the client.
        public static let unknownClient = Reason(rawValue: 5)
        /// The worker cannot train with these settings.
        public static let unsupportedSettings = Reason(rawValue: 6)
    }

    public init(key: UpdateKey, reason: Reason, text: String) {
        self.key = key
        self.reason = reason
        self.text = text
    }
}

extension TrainingFailed: MessagePayload {
    init(from reader: inout MessageReader) throws(WireError) {
        key = try UpdateKey(from: &reader)
        reason = Reason(rawValue: try reader.integer("reason"))
        text = try reader.text("text", limit: WireLimits.textBytes)
    }

    func write(to buffer: inout ByteBuffer) {
        key.write(to: &buffer)
        buffer.writeField(reason.rawValue)
        buffer.writeText(text)
    }
}
