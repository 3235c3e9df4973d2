import Crypto
import Diagnostics
import Federation
import Foundation
import Identity
import TestSupport
import Testing

struct TokenTests {
    private let folder: TemporaryFolder
    private let transcript = [UInt8](0..<32)
    private let client = ClientID(3)

    init() throws {
        folder = try TemporaryFolder()
    }

    @Test("A token proves itself, and the coordinator proves itself in return")
    func proves() {
        let token = ClientToken.random(for: client)
        let proof = token.proof(of: transcript)
        let verifier = token.verifier
        #expect(verifier.accepts(proof, of: transcript, by: client))
        #expect(token.isConfirmed(by: verifier.signature(of: transcript, for: client), of: transcript))
    }

    @Test("A proof is good for its greeting, its client and its token alone")
    func proofsAreBound() {
        let token = ClientToken.random(for: client)
        let proof = token.proof(of: transcript)
        let verifier = token.verifier
        var other = transcript
        other[31] ^= 1
        #expect(!verifier.accepts(proof, of: other, by: client))
        #expect(!verifier.accepts(proof, of: transcript, by: ClientID(4)))
        #expect(!ClientToken.random(for: client).verifier.accepts(proof, of: transcript, by: client))
        for index in proof.indices {
            var changed = proof
            changed[index] ^= 1
            #expect(!verifier.accepts(changed, of: transcript, by: client))
        }
        #expect(!verifier.accepts([], of: transcript, by: client))
        #expect(!verifier.accepts(proof + [0], of: transcript, by: client))
        let signature = verifier.signature(of: transcript, for: client)
        #expect(!token.isConfirmed(by: signature, of: other))
        #expect(!token.isConfirmed(by: Array(signature.dropLast()), of: transcript))
        #expect(!ClientToken.random(for: client).isConfirmed(by: signature, of: transcript))
        #expect(signature != proof)
    }

    /// The formulas, computed here once more.
    @Test func isTheSchemeThatIsDescribed() throws {
        let path = folder.path("one.token")
        let secret = [UInt8](100..<132)
        let digits = secret.map { String($0, radix: 16) }.joined()
        try "fed-token 3 \(digits)\n".write(toFile: path, atomically: true, encoding: .utf8)
        let token = try #require(try TokenFile.read(path).first)
        func code(_ key: [UInt8], _ text: [UInt8]) -> [UInt8] {
            Array(HMAC<SHA256>.authenticationCode(for: text, using: SymmetricKey(data: key)))
        }
        let clientKey = code(secret, Array("fed client key".utf8))
        let storedKey = Array(SHA256.hash(data: clientKey))
        let serverKey = code(secret, Array("fed coordinator key".utf8))
        let subject = transcript + [3, 0, 0, 0]
        #expect(token.proof(of: transcript) == zip(clientKey, code(storedKey, subject)).map { $0 ^ $1 })
        #expect(token.verifier.signature(of: transcript, for: client) == code(serverKey, subject))
    }

    @Test("The register is for its owner alone, keeps no token, and comes back as it was")
    func register() throws {
        var register = TokenRegister()
        let tokens = (0..<3).map { ClientToken.random(for: ClientID($0)) }
        for token in tokens { register.enrol(token) }
        let path = folder.path("tokens.json")
        try register.write(path: path, overwriting: false)
        #expect(!GuardedFile.isReadableByOthers(path))
        #expect(throws: Problem.self) { try register.write(path: path, overwriting: false) }
        var read = try TokenRegister(path: path)
        #expect(read == register)
        #expect(read.accepts(tokens[1].proof(of: transcript), of: transcript, by: ClientID(1)))
        #expect(!read.accepts(tokens[1].proof(of: transcript), of: transcript, by: ClientID(2)))
        #expect(!read.accepts(tokens[1].proof(of: transcript), of: transcript, by: ClientID(9)))
        let removed = (read.remove(ClientID(1)), read.remove(ClientID(1)))
        #expect(removed == (true, false))
        #expect(!read.accepts(tokens[1].proof(of: transcript), of: transcript, by: ClientID(1)))
        let text = try GuardedFile.read(path)
        let file = try TokenFile.write(tokens[0], folder: folder.url.path(), overwriting: false)
        let secret = try #require(try GuardedFile.read(file).split(whereSeparator: \.isWhitespace).last)
        #expect(secret.count == 64 && !text.contains(secret))
    }

    @Test("Files of tokens are for their owner alone, and are read one by one or as a folder")
    func files() throws {
        let tokens = (0..<12).map { ClientToken.random(for: ClientID($0)) }
        let path = folder.url.path()
        for token in tokens {
            let file = try TokenFile.write(token, folder: path, overwriting: false)
            #expect(!GuardedFile.isReadableByOthers(file))
            #expect(try TokenFile.read(file).map { $0.proof(of: transcript) } == [token.proof(of: transcript)])
            #expect(throws: Problem.self) { try TokenFile.write(token, folder: path, overwriting: false) }
        }
        #expect(try TokenFile.read(path).map(\.client) == tokens.map(\.client))
    }

    @Test(
        "What is no token is refused, and not shown",
        arguments: [
            "", "# nothing", "fed-token 3 abcd", "fed-token x \(String(repeating: "ab", count: 32))",
            "token 3 \(String(repeating: "ab", count: 32))", "fed-token 3 \(String(repeating: "xy", count: 32))",
            "fed-token 3 \(String(repeating: "ab", count: 32))\nfed-token 3 \(String(repeating: "cd", count: 32))",
        ])
    func garbage(text: String) throws {
        let path = folder.path("garbage.token")
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        do {
            _ = try TokenFile.read(path)
            Issue.record("it was taken")
        } catch {
            #expect(error.kind == .data && error.place == path)
            #expect(!error.description.contains("abab") && !error.description.contains("xyxy"))
        }
    }

    @Test("A secret shows nothing of itself, however it is printed")
    func secrets() {
        let secret = Secret(bytes: Array("hidden".utf8))
        var dumped = ""
        dump(secret, to: &dumped)
        let token = ClientToken.random(for: client)
        dump(token, to: &dumped)
        for text in ["\(secret)", "\(String(reflecting: secret))", "\(["key": secret])", dumped, "\(token)"] {
            #expect(!text.contains("hidden") && !text.contains("104"), "\(text)")
        }
    }
}
