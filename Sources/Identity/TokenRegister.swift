public import Diagnostics
public import Federation
internal import Foundation
internal import Parameters

/// The clients that may take part by their tokens: a coordinator's file, which holds no token.
public struct TokenRegister: Sendable, Hashable {
    private static let version = 1

    private struct Document: Codable {
        struct Entry: Codable {
            let client: UInt32
            let storedKey: String
            let serverKey: String
        }

        let version: Int
        let tokens: [Entry]
    }

    private var verifiers: [ClientID: TokenVerifier] = [:]

    public init() {}

    /// The clients, ascending.
    public var clients: [ClientID] { verifiers.keys.sorted() }

    /// What is kept of the client's token.
    public subscript(client: ClientID) -> TokenVerifier? { verifiers[client] }

    /// Takes a token in; an older one of the same client no longer counts.
    public mutating func enrol(_ token: ClientToken) {
        verifiers[token.client] = token.verifier
    }

    /// The client's token no longer counts.
    ///
    /// - Returns: whether there was one.
    public mutating func remove(_ client: ClientID) -> Bool {
        verifiers.removeValue(forKey: client) != nil
    }

    /// Whether the proof is the client's. A client that is not in the register takes as long as one that is.
    public func accepts(_ proof: [UInt8], of transcript: [UInt8], by client: ClientID) -> Bool {
        let verifier = verifiers[client] ?? ClientToken.random(for: client).verifier
        return verifier.accepts(proof, of: transcript, by: client)
    }

    /// Reads a register.
    public init(path: String) throws(Problem) {
        let problem = Problem(
            .data, "the file is not a register of tokens", at: path,
            remedy: "Give the file that fed tokens issue --file writes.")
        let text = try GuardedFile.read(path)
        let document: Document
        do {
            document = try JSONDecoder().decode(Document.self, from: Data(text.utf8))
        } catch {
            throw problem
        }
        guard document.version == Self.version else { throw problem }
        for entry in document.tokens {
            guard let storedKey = Hexadecimal.bytes(entry.storedKey, count: ClientToken.byteCount),
                let serverKey = Hexadecimal.bytes(entry.serverKey, count: ClientToken.byteCount)
            else { throw problem }
            verifiers[ClientID(entry.client)] = TokenVerifier(storedKey: storedKey, serverKey: serverKey)
        }
    }

    /// Writes the register, for its owner alone: who has it can pass for the coordinator.
    public func write(path: String, overwriting: Bool) throws {
        let entries = clients.compactMap { client in
            verifiers[client].map {
                Document.Entry(
                    client: client.rawValue, storedKey: Hexadecimal.text($0.storedKey),
                    serverKey: Hexadecimal.text($0.serverKey))
            }
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        let data = try encoder.encode(Document(version: Self.version, tokens: entries))
        try GuardedFile.write(
            String(decoding: data, as: UTF8.self) + "\n", path: path, readers: .owner, overwriting: overwriting)
    }
}
