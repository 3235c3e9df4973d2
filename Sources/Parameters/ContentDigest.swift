internal import Crypto

/// SHA-256 of some content: a model's or an update's canonical bytes, a data set's files.
public struct ContentDigest: Sendable, Hashable {
    /// The number of bytes in a digest.
    public static let byteCount = 32

    /// The bytes, eight to a word, the first in its lowest bits. No `SIMD32`: that is aligned to 32 bytes, and frames of
    /// asynchronous functions are aligned to 16 at most, so that a digest in one would be written over its neighbours.
    private let words: (UInt64, UInt64, UInt64, UInt64)

    /// The digest of `content`.
    public init(of content: UnsafeRawBufferPointer) {
        self.init(Crypto.SHA256.hash(data: content))
    }

    /// The digest of `content`.
    public init(of content: [UInt8]) {
        self = content.withUnsafeBytes { ContentDigest(of: $0) }
    }

    /// A digest that was written before; `nil` unless there are exactly 32 bytes.
    public init?(bytes: some Collection<UInt8>) {
        guard bytes.count == Self.byteCount else { return nil }
        self.init(exactly: bytes)
    }

    /// A digest in the form of ``description``; `nil` unless there are exactly 64 hexadecimal digits.
    public init?(hexadecimal text: some StringProtocol) {
        guard let bytes = Hexadecimal.bytes(text, count: Self.byteCount) else { return nil }
        self.init(exactly: bytes)
    }

    private init(exactly bytes: some Sequence<UInt8>) {
        var words: [UInt64] = [0, 0, 0, 0]
        for (index, byte) in bytes.enumerated() {
            words[index / 8] |= UInt64(byte) << (8 * UInt64(index % 8))
        }
        self.words = (words[0], words[1], words[2], words[3])
    }

    fileprivate init(_ digest: Crypto.SHA256Digest) {
        self.init(exactly: digest)
    }

    /// The 32 bytes.
    public var bytes: [UInt8] {
        [words.0, words.1, words.2, words.3].flatMap { word in
            (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * UInt64($0))) }
        }
    }

    public static func == (left: Self, right: Self) -> Bool { left.words == right.words }

    public func hash(into hasher: inout Swift.Hasher) {
        hasher.combine(words.0)
    }

    /// Computes the digest of content that comes in pieces.
    public struct Hasher: Sendable {
        private var hash = Crypto.SHA256()

        public init() {}

        public mutating func update(_ piece: UnsafeRawBufferPointer) {
            hash.update(bufferPointer: piece)
        }

        /// The digest of all the pieces so far.
        public func finalize() -> ContentDigest {
            ContentDigest(hash.finalize())
        }
    }
}

extension ContentDigest: CustomStringConvertible {
    /// 64 hexadecimal digits.
    public var description: String { Hexadecimal.text(bytes) }

    /// The first 12 hexadecimal digits: enough for people to compare.
    public var short: String { String(description.prefix(12)) }
}

extension ContentDigest: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let digest = ContentDigest(hexadecimal: try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "a digest is 64 hexadecimal digits")
        }
        self = digest
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
