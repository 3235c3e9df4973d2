internal import Crypto
public import Federation
internal import Foundation

/// What a coordinator keeps of a client's token: enough to check a proof and to prove itself, too little to make a proof.
public struct TokenVerifier: Sendable, Hashable {
    let storedKey: [UInt8]
    let serverKey: [UInt8]

    /// Whether a proof is one of this token for this greeting. Takes the same time whatever is wrong with it.
    public func accepts(_ proof: [UInt8], of transcript: [UInt8], by client: ClientID) -> Bool {
        guard proof.count == ClientToken.byteCount else { return false }
        let clientKey = zip(proof, Self.code(storedKey, transcript, client)).map { $0 ^ $1 }
        // Digests compare in constant time.
        return SHA256.hash(data: clientKey) == Data(storedKey)
    }

    /// Proves to the client that this side keeps the trace of its token: 32 bytes.
    public func signature(of transcript: [UInt8], for client: ClientID) -> [UInt8] {
        Self.code(serverKey, transcript, client)
    }

    /// What is authenticated: the greeting, and which client it is about.
    static func subject(_ transcript: [UInt8], _ client: ClientID) -> [UInt8] {
        transcript + withUnsafeBytes(of: client.rawValue.littleEndian) { Array($0) }
    }

    static func code(_ key: [UInt8], _ transcript: [UInt8], _ client: ClientID) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: subject(transcript, client), using: SymmetricKey(data: key)))
    }
}
