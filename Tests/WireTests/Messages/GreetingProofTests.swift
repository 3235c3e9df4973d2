import Federation
import Foundation
import Identity
import Parameters
import TestSupport
import Testing
import Wire

/// The messages of a greeting with tokens, and what they prove.
@Suite struct GreetingProofTests {
    private static let clients = Samples.clients(3, 99)
    private static let hello = Samples.hello(tokens: clients)
    private static let certificate = [UInt8](0x60..<0x80)

    /// The tokens of the golden vectors.
    private func tokens() throws -> [ClientToken] {
        let folder = try TemporaryFolder()
        let path = folder.path("both.token")
        let lines = Self.clients.map { client in
            let secret = (0..<32).map { UInt8(client.rawValue) + $0 }
            return "fed-token \(client) \(Hexadecimal.text(secret))"
        }
        try lines.joined(separator: "\n").write(toFile: path, atomically: true, encoding: .utf8)
        return try TokenFile.read(path)
    }

    private func transcript(_ binding: [UInt8]?) -> [UInt8] {
        GreetingTranscript.digest(Self.hello, Samples.challenge, channelBinding: binding)
    }

    @Test func golden() throws {
        try Golden.check("hello-tokens", .hello(Self.hello))
        try Golden.check("challenge", .challenge(Samples.challenge))
    }

    /// An independent program comes to the same proofs, with TLS and without.
    @Test(arguments: [("", nil), ("-tls", certificate)] as [(String, [UInt8]?)])
    func goldenProofs(suffix: String, binding: [UInt8]?) throws {
        let transcript = transcript(binding)
        let tokens = try tokens()
        let proofs = try tokens.map { token in
            ClientProof(client: token.client, value: try #require(Octets32(bytes: token.proof(of: transcript))))
        }
        let signatures = try tokens.map { token in
            let signature = token.verifier.signature(of: transcript, for: token.client)
            return ClientProof(client: token.client, value: try #require(Octets32(bytes: signature)))
        }
        try Golden.check("proof\(suffix)", .proof(Proof(proofs: proofs)))
        try Golden.check("confirmation\(suffix)", .confirmation(Confirmation(signatures: signatures)))
    }

    /// Whatever is changed on the way, the transcript is another, and with it every proof.
    @Test func everyByteOfTheGreetingCounts() {
        let calm = transcript(nil)
        var hello = Self.hello
        hello.workerName += "!"
        var others = [GreetingTranscript.digest(hello, Samples.challenge, channelBinding: nil)]
        hello = Self.hello
        hello.hosting = .count(1)
        others.append(GreetingTranscript.digest(hello, Samples.challenge, channelBinding: nil))
        hello = Self.hello
        hello.tokens?.nonce = .random()
        others.append(GreetingTranscript.digest(hello, Samples.challenge, channelBinding: nil))
        var challenge = Samples.challenge
        challenge.nonce = .random()
        others.append(GreetingTranscript.digest(Self.hello, challenge, channelBinding: nil))
        challenge = Samples.challenge
        challenge.run = .random()
        others.append(GreetingTranscript.digest(Self.hello, challenge, channelBinding: nil))
        others.append(transcript(Self.certificate))
        others.append(transcript([UInt8](0x61..<0x81)))
        #expect(Set(others + [calm]).count == others.count + 1)
    }

    @Test func impossibleValuesAreRefused() {
        let proof = Message.proof(Proof(proofs: Samples.proofs(Samples.clients(3, 8))))
        #expect(proof.refusal(with: 0 as UInt32, at: 0) == .invalidValue)
        #expect(proof.refusal(with: 401 as UInt32, at: 0) == .invalidValue)
        #expect(proof.refusal(with: 3 as UInt32, at: 0) == .truncatedMessage)
        #expect(proof.refusal(with: 3 as UInt32, at: 40) == .invalidValue)  // the same client twice
        let hello = Message.hello(Self.hello)
        let flag = 63
        #expect(hello.refusal(with: 2 as UInt8, at: flag) == .invalidValue)
        #expect(hello.refusal(with: 0 as UInt32, at: flag + 33) == .invalidValue)
        #expect(hello.refusal(with: 2 as UInt32, at: flag + 41) == .invalidValue)  // descending
    }

    /// The longest of them fit into the frames of a greeting.
    @Test func longestProofFitsIntoTheGreeting() throws {
        let clients = (0..<UInt32(WireLimits.provedClients)).map { ClientID($0) }
        let limit = WireLimits.default.greetingPayload
        var hello = Samples.hello(.clients((0..<UInt32(WireLimits.helloClients)).map { ClientID($0) }))
        hello.workerName = String(repeating: "w", count: WireLimits.nameBytes)
        hello.software = hello.workerName
        hello.codecs = [UInt8](1...255)
        hello.tokens = TokenOffer(nonce: Samples.workerNonce, clients: clients)
        let proof = Proof(proofs: Samples.proofs(clients))
        let messages: [Message] = [.hello(hello), .proof(proof)]
        for message in messages { #expect(try decodeAll(message.frame(), payloadLimit: limit) == [message]) }
    }
}
