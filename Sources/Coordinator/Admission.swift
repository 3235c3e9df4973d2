import Identity
import Transport
import Wire

/// The coordinator's part of a greeting before anybody is let in: whom the worker may act for.
///
/// It belongs to the one task that reads the connection.
struct Admission {
    let connection: PeerConnection
    let run: WireIdentifier
    /// `nil`: no tokens are asked for.
    let tokens: TokenRegister?

    /// The clients that the worker may host: those that its certificate names and whose tokens it proves; `nil`: any.
    func clients(
        of hello: Hello, _ session: inout CoordinatorSession, _ messages: inout Inbox.Iterator
    ) async throws -> ClientSet? {
        let named = connection.credentials.clients
        guard let tokens else {
            guard hello.tokens == nil else {
                throw WireError(
                    .coordinatorUnproven, "the worker asks for proof by tokens, and this coordinator has none",
                    remedy: "Start the coordinator with --tokens, or the worker without --token-file.")
            }
            return named
        }
        guard let offer = hello.tokens else {
            throw WireError(
                .tokenRefused, "the coordinator asks for tokens, and the worker offers none",
                remedy:
                    "Give the clients' tokens with --token-file; the coordinator's owner has them (fed tokens issue).")
        }
        let challenge = Challenge(nonce: .random(), run: run)
        try send(.challenge(challenge), &session)
        let proof = try await proof(&session, &messages)
        let transcript = GreetingTranscript.digest(
            hello, challenge, channelBinding: connection.credentials.channelBinding)
        for item in proof.proofs {
            // Whether there is another token or none is nobody's business.
            guard tokens.accepts(item.value.bytes, of: transcript, by: item.client) else {
                throw WireError(.tokenRefused, "the token of client \(item.client) is not the one that is on record")
            }
        }
        let signatures = proof.proofs.compactMap { item in
            tokens[item.client].flatMap { Octets32(bytes: $0.signature(of: transcript, for: item.client)) }
                .map { ClientProof(client: item.client, value: $0) }
        }
        try send(.confirmation(Confirmation(signatures: signatures)), &session)
        let proved = ClientSet(offer.clients)
        return named?.intersection(proved) ?? proved
    }

    private func send(_ message: Message, _ session: inout CoordinatorSession) throws(WireError) {
        try session.sent(message)
        connection.send(message)
    }

    private func proof(
        _ session: inout CoordinatorSession, _ messages: inout Inbox.Iterator
    ) async throws -> Proof {
        guard let message = try await messages.next() else {
            throw connection.failure
                ?? WireError(.streamTruncated, "the worker went away instead of proving its tokens")
        }
        try session.receive(message)
        switch message {
        case .proof(let proof): return proof
        case .error(let error): throw WireError(.streamTruncated, "the worker ended the greeting: \(error.text)")
        default: throw WireError(.streamTruncated, "the worker left instead of proving its tokens")
        }
    }
}
