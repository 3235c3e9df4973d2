/// Thirty-two bytes: a nonce, a proof or a signature of the greeting.
public struct Octets32: Sendable, Hashable {
    public static let byteCount = 32

    public let bytes: [UInt8]

    /// `nil` unless there are exactly 32 bytes.
    public init?(bytes: some Collection<UInt8>) {
        guard bytes.count == Self.byteCount else { return nil }
        self.bytes = Array(bytes)
    }

    private init(random bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Bytes that nobody can foretell; from the system's generator.
    public static func random() -> Octets32 {
        var generator = SystemRandomNumberGenerator()
        return Octets32(random: (0..<byteCount).map { _ in UInt8.random(in: 0...255, using: &generator) })
    }
}
