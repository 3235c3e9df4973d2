internal import Crypto
internal import NIOCore

/// What a greeting with tokens has come to, so that a proof is one for this greeting and no other.
public enum GreetingTranscript {
    private static let label = Array("fed greeting 1".utf8)

    /// The digest that ``Proof`` and ``Confirmation`` are made of: SHA-256 of a label, the frames of ``Hello`` and
    /// ``Challenge`` as they crossed the wire, and what tells the encrypted connection from others.
    ///
    /// There is one way to write a message, so that each side finds the other's bytes again by writing what it read.
    ///
    /// - Parameter channelBinding: SHA-256 of the coordinator's certificate (RFC 5929, section 4); `nil` without TLS.
    public static func digest(_ hello: Hello, _ challenge: Challenge, channelBinding: [UInt8]?) -> [UInt8] {
        var bytes = ByteBuffer(bytes: label)
        Message.hello(hello).writeFrame(into: &bytes)
        Message.challenge(challenge).writeFrame(into: &bytes)
        bytes.writeField(channelBinding != nil)
        bytes.writeBytes(channelBinding ?? [])
        return Array(SHA256.hash(data: Array(buffer: bytes)))
    }
}
