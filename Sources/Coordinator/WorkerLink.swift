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
    private let session: Mutex<CoordinatorSession>
    private let received = Mutex<[Ready.ClientExamples]>([])
    /// The last round whose model was sent on this connection; 0 before the first.
    private let modelRound = Mutex<UInt32>(0)

    init(connection: PeerConnection, hello: Hello, allowed: ClientSet?, session: CoordinatorSession) {
        self.connection = connection
        self.hello = hello
        self.allowed = allowed
        self.session = Mutex(session)
    }

    var id: WireIdentifier { hello.workerID }

    /// The worker's name and address, for people.
    var name: String { "\(hello.workerName) (\(connection.peer))" }

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
        // Only a Welcome that comes twice could be refused, and the roster sends one to a link.
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

    /// Notes that the round's model is being sent.
    func sends(modelOf round: UInt32) { modelRound.withLock { $0 = round } }

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
