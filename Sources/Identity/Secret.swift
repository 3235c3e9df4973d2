/// Bytes that must not be seen: keys and tokens. It has no description, so that no log, record or message shows it by
/// mistake.
public struct Secret: Sendable {
    /// The bytes themselves, for whoever computes with them or writes them to their file.
    public let bytes: [UInt8]

    public init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    init(text: String) {
        bytes = Array(text.utf8)
    }

    /// From the system's generator.
    public static func random(count: Int) -> Secret {
        var generator = SystemRandomNumberGenerator()
        return Secret(bytes: (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) })
    }

    /// The bytes as text, for a file.
    public var text: String { String(decoding: bytes, as: UTF8.self) }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "(secret)" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
