import Federation
import Identity
import Synchronization
import Transport
import Wire

/// One worker's connection, as far as the coordinator knows it.
final class WorkerLink: Sendable {
    let connection: PeerConnection
    let hello: Hello
    /// The clients that the worker may host: those that its certificate names and that it has proved; `nil`: any.
    let allowed: ClientSet?
    /// The register by which it has proved its tokens; `nil` where none were asked for.
    let tokens: TokenRegister?
    private let session: Mutex<CoordinatorSession>
    private let received = Mutex<[Ready.ClientExamples]>([])
    /// The last round whose model was sent on this connection; 0 before the first.
    private let modelRound = Mutex<UInt32>(0)

    /// What the worker has of a model, until the first is sent.
    private let held = Mutex<ModelHeld?>(nil)

    init(
        connection: PeerConnection, hello: Hello, allowed: ClientSet?, tokens: TokenRegister?,
        session: CoordinatorSession
    ) {
        self.connection = connection
        self.hello = hello
        self.allowed = allowed
        self.tokens = tokens
        self.session = Mutex(session)
    }

    var id: WireIdentifier { hello.workerID }

    /// The longest payload that both sides take, in bytes.
    func framePayload(_ limits: WireLimits) -> UInt32 {
        limits.agreedFramePayload(with: hello.maxFramePayload)
    }

    /// Whether a farewell has been sent or received.
    var isClosed: Bool { session.withLock { $0.isClosed } }

    /// Checks that the message may come now.
    func receive(_ message: Message) throws(WireError) {
        try session.withLock { (session) throws(WireError) in try session.receive(message) }
    }

    func send(_ message: Message) {
        // Only what the coordinator says out of turn could be refused: a second Welcome, an answer to no offer.
        session.withLock { try? $0.sent(message) }
        connection.send(message)
    }

    /// Ends the connection with this message as its last.
    func close(_ last: Message) {
        session.withLock { try? $0.sent(last) }
        connection.close(last: last)
    }

    /// Whether the round's model was sent on this connection.
    func holdsModel(of round: UInt32) -> Bool { modelRound.withLock { $0 == round } }

    /// Whether any round's model was sent on this connection.
    var hasHadModel: Bool { modelRound.withLock { $0 > 0 } }

    /// Notes that the round's model is being sent.
    func sends(modelOf round: UInt32) { modelRound.withLock { $0 = round } }

    /// The worker has a part of a model from an earlier connection.
    func holds(_ held: ModelHeld) { self.held.withLock { $0 = held } }

    /// What the worker has of a model, asked once: it is of use for the first model only.
    func takeHeld() -> ModelHeld? {
        held.withLock { held in
            defer { held = nil }
            return held
        }
    }

    /// Adds a part of what the worker is ready with; all parts, once the last has come.
    func collect(_ ready: Ready) -> [Ready.ClientExamples]? {
        received.withLock { received in
            received += ready.clients
            guard ready.isLast else { return nil }
            defer { received = [] }
            return received
        }
    }
}
