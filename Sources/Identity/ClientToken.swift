internal import Crypto
public import Federation
internal import Foundation

/// A client's enrolment token: the secret with which it proves who it is, and that the coordinator knows only a trace of.
///
/// The scheme is that of SCRAM (RFC 5802, section 3) without its iterations, which make guessing words slow: a secret of
/// 256 random bits cannot be guessed. The coordinator keeps SHA-256(ClientKey) and the ServerKey; a proof is the ClientKey
/// XOR a code that only who has the former can compute, so that neither the file of the coordinator nor what was said on
/// the wire is enough to take part.
public struct ClientToken: Sendable {
    public static let byteCount = 32

    public let client: ClientID
    let secret: Secret

    init(client: ClientID, secret: Secret) {
        self.client = client
        self.secret = secret
    }

    /// A new one, from the system's generator.
    public static func random(for client: ClientID) -> ClientToken {
        ClientToken(client: client, secret: .random(count: byteCount))
    }

    /// What the coordinator is to keep.
    public var verifier: TokenVerifier {
        TokenVerifier(storedKey: Array(SHA256.hash(data: clientKey)), serverKey: serverKey)
    }

    /// Proves to the coordinator that this side has the token: 32 bytes, good for this greeting alone.
    ///
    /// - Parameter transcript: the digest of the greeting, with a nonce of each side.
    public func proof(of transcript: [UInt8]) -> [UInt8] {
        let code = TokenVerifier.code(verifier.storedKey, transcript, client)
        return zip(clientKey, code).map { $0 ^ $1 }
    }

    /// Whether the coordinator has proved that it keeps the trace of this token.
    public func isConfirmed(by signature: [UInt8], of transcript: [UInt8]) -> Bool {
        HMAC<SHA256>.isValidAuthenticationCode(
            signature, authenticating: TokenVerifier.subject(transcript, client), using: SymmetricKey(data: serverKey))
    }

    private var clientKey: [UInt8] { derived("fed client key") }
    private var serverKey: [UInt8] { derived("fed coordinator key") }

    private func derived(_ purpose: String) -> [UInt8] {
        Array(
            HMAC<SHA256>.authenticationCode(for: Array(purpose.utf8), using: SymmetricKey(data: secret.bytes)))
    }
}
