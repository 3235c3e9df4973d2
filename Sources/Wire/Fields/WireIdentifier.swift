internal import Parameters

/// Sixteen bytes that name a run (its ULID, most significant byte first, as the ULID specification has it) or a
/// worker process.
public struct WireIdentifier: Sendable, Hashable {
    public static let byteCount = 16

    private let words: SIMD16<UInt8>

    /// `nil` unless there are exactly 16 bytes.
    public init?(bytes: some Collection<UInt8>) {
        guard bytes.count == Self.byteCount else { return nil }
        var words = SIMD16<UInt8>()
        for (index, byte) in bytes.enumerated() {
            words[index] = byte
        }
        self.words = words
    }

    private init(words: SIMD16<UInt8>) {
        self.words = words
    }

    /// An identifier that nobody else has; from the system's generator.
    public static func random() -> WireIdentifier {
        WireIdentifier(words: .random(in: 0...255))
    }

    /// The 16 bytes.
    public var bytes: [UInt8] { words.indices.map { words[$0] } }
}

extension WireIdentifier: CustomStringConvertible {
    /// 32 hexadecimal digits.
    public var description: String { Hexadecimal.text(bytes) }
}
