import Foundation
import Parameters
import Randomness
import Testing

struct ContentDigestTests {
    private let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

    // FIPS 180-2, appendix B, and the empty message of NIST's test vectors.
    @Test(
        "Digests are SHA-256",
        arguments: [
            ("", 1, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            ("abc", 1, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (
                "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1,
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
            ),
            ("a", 1_000_000, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"),
        ])
    func vectors(text: String, count: Int, digest: String) {
        let content = [UInt8](String(repeating: text, count: count).utf8)
        #expect(ContentDigest(of: content).description == digest)
        #expect(content.withUnsafeBytes { ContentDigest(of: $0) }.description == digest)
    }

    @Test("No bytes at all have the digest of the empty content")
    func nothing() {
        let none = UnsafeRawBufferPointer(start: nil, count: 0)
        #expect(ContentDigest(of: none) == ContentDigest(of: []))
        var hasher = ContentDigest.Hasher()
        #expect(hasher.finalize() == ContentDigest(of: []))
        hasher.update(none)
        #expect(hasher.finalize() == ContentDigest(of: []))
    }

    @Test("Bytes and hexadecimal digits lead back to the digest")
    func roundTrip() throws {
        for value: UInt8 in 0...255 {
            let digest = ContentDigest(of: [value])
            #expect(digest.bytes.count == ContentDigest.byteCount)
            #expect(digest.description.count == 64)
            #expect(ContentDigest(bytes: digest.bytes) == digest)
            #expect(ContentDigest(hexadecimal: digest.description) == digest)
            #expect(ContentDigest(hexadecimal: digest.description.uppercased()) == digest)
            #expect(ContentDigest(hexadecimal: Substring("\(digest)")) == digest)
        }
        let counted = try #require(ContentDigest(bytes: (0..<32).map { UInt8($0) }))
        #expect(counted.bytes == Array(0..<32))
        #expect(counted.description == "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f")
        #expect(counted.short == "000102030405")
    }

    @Test("Anything but 32 bytes is refused", arguments: [0, 1, 31, 33, 64])
    func refusedBytes(count: Int) {
        #expect(ContentDigest(bytes: [UInt8](repeating: 1, count: count)) == nil)
    }

    @Test("Anything but 64 hexadecimal digits is refused")
    func refusedText() {
        #expect(ContentDigest(hexadecimal: abc) != nil)
        #expect(ContentDigest(hexadecimal: "") == nil)
        #expect(ContentDigest(hexadecimal: abc.dropLast()) == nil)
        #expect(ContentDigest(hexadecimal: abc.dropLast(2)) == nil)
        #expect(ContentDigest(hexadecimal: abc + "0") == nil)
        #expect(ContentDigest(hexadecimal: "0x" + abc.dropFirst(2)) == nil)
        #expect(ContentDigest(hexadecimal: abc.dropLast() + " ") == nil)
        #expect(ContentDigest(hexadecimal: abc.dropLast() + "\n") == nil)
        // 64 bytes each, but not 64 digits: a letter, a digit of another script, an accent.
        #expect(ContentDigest(hexadecimal: abc.dropLast() + "g") == nil)
        #expect(ContentDigest(hexadecimal: abc.dropLast(3) + "\u{FF11}") == nil)
        #expect(ContentDigest(hexadecimal: abc.dropLast(2) + "\u{301}") == nil)
        // 64 characters that are hexadecimal digits to Unicode, but more bytes.
        #expect(ContentDigest(hexadecimal: String(repeating: "\u{FF11}", count: 64)) == nil)
    }

    @Test("Every bit counts")
    func inequality() {
        let digest = ContentDigest(of: [])
        for bit in 0..<256 {
            var bytes = digest.bytes
            bytes[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(ContentDigest(bytes: bytes) != digest)
        }
    }

    @Test("Content in random pieces has the digest of the whole", arguments: 0..<50 as Range<UInt64>)
    func pieces(seed: UInt64) {
        var stream = RandomStream(seed: seed, purpose: .jitter)
        let content = (0..<stream.below(5000)).map { _ in UInt8(stream.below(256)) }
        var hasher = ContentDigest.Hasher()
        content.withUnsafeBytes { content in
            var start = 0
            while start < content.count {
                let end = min(content.count, start + stream.below(200))
                hasher.update(UnsafeRawBufferPointer(rebasing: content[start..<end]))
                start = end
            }
        }
        #expect(hasher.finalize() == ContentDigest(of: content))
    }

    @Test("A hasher can be asked before its last piece, and a copy goes its own way")
    func between() {
        var hasher = ContentDigest.Hasher()
        func feed(_ text: String, to hasher: inout ContentDigest.Hasher) {
            [UInt8](text.utf8).withUnsafeBytes { hasher.update($0) }
        }
        feed("a", to: &hasher)
        #expect(hasher.finalize() == ContentDigest(of: Array("a".utf8)))
        var copy = hasher
        feed("bc", to: &hasher)
        feed("x", to: &copy)
        #expect(hasher.finalize().description == abc)
        #expect(copy.finalize() == ContentDigest(of: Array("ax".utf8)))
    }

    @Test("In JSON a digest is its digits, and nothing else is taken for one")
    func json() throws {
        let digest = try #require(ContentDigest(hexadecimal: abc))
        let encoded = try JSONEncoder().encode([digest])
        #expect(String(decoding: encoded, as: UTF8.self) == "[\"\(abc)\"]")
        #expect(try JSONDecoder().decode([ContentDigest].self, from: encoded) == [digest])
        for wrong in ["[\"\"]", "[\"abc\"]", "[5]", "[null]", "[\"\(abc)0\"]"] {
            #expect(throws: DecodingError.self) {
                try JSONDecoder().decode([ContentDigest].self, from: Data(wrong.utf8))
            }
        }
    }
}
