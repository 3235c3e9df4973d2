public import Federation
internal import NIOCore

/// The coordinator's side of a connection as a state machine: which message may come now. It does no I/O and knows no
/// time; the shell tells it what came and what was sent.
///
///     awaitingHello ─Hello→ greeting ═Welcome⇒ awaitingReady ─Ready(isLast)→ active → closed
///
/// and, where the worker proves clients by their tokens,
///
///     greeting ═Challenge⇒ awaitingProof ─Proof→ proved ═Confirmation⇒ greeting
///
/// (`─→` received, `═⇒` sent.)
public struct CoordinatorSession: Sendable {
    public enum State: Sendable, Equatable {
        /// Nothing has come.
        case awaitingHello
        /// ``Hello`` has come and has yet to be answered.
        case greeting
        /// ``Challenge`` has been sent.
        case awaitingProof
        /// ``Proof`` has come, has yet to be checked and answered.
        case proved
        /// ``Welcome`` has been sent.
        case awaitingReady
        /// The worker is ready for rounds.
        case active
        /// An ``ErrorMessage`` or a ``Goodbye`` was sent or has come. What still comes is to be dropped.
        case closed
    }

    public private(set) var state = State.awaitingHello
    private let versions: ClosedRange<UInt16>
    /// The assigned clients that have yet to be ready.
    private var unready: ArraySlice<ClientID> = []
    private var transfer: TransferOrder<UpdateKey>?
    /// The clients whose tokens are offered and have yet to be proved.
    private var unproved: [ClientID] = []
    private var agreed: Capabilities = []
    /// The worker has said what it has of a model.
    private var hasHeld = false
    /// An update that was offered and has to be answered.
    private var offer: UpdateHeader?

    /// - Parameter versions: those that this side speaks.
    public init(versions: ClosedRange<UInt16> = Wire.versions) {
        self.versions = versions
    }

    public var isClosed: Bool { state == .closed }

    /// The update whose chunks are coming.
    public var transferInProgress: UpdateKey? { transfer?.name }

    /// Checks a message that came, and moves on.
    ///
    /// - Throws: ``WireError/Code/unexpectedMessage`` if it may not come now, ``WireError/Code/versionMismatch`` if the
    ///   worker speaks none of this side's versions, or what is wrong with a chunk or the clients of a ``Ready``. The state stays; the shell sends
    ///   the error and closes.
    public mutating func receive(_ message: Message) throws(WireError) {
        switch (state, message) {
        case (.awaitingHello, .hello(let hello)):
            _ = try Wire.commonVersion(with: hello.versions, own: versions)
            unproved = hello.tokens?.clients ?? []
            state = .greeting
        case (.awaitingProof, .proof(let proof)):
            guard proof.proofs.map(\.client) == unproved else {
                throw WireError(.invalidValue, "Proof.proofs names other clients than Hello.tokens")
            }
            unproved = []
            state = .proved
        case (.awaitingReady, .ready(let ready)):
            try takeOff(ready)
            if ready.isLast { state = .active }
        case (.awaitingReady, .modelHeld) where agreed.contains(.resumeTransfers) && !hasHeld:
            hasHeld = true
        case (.active, .updateOffer(let offer))
        where transfer == nil && self.offer == nil && agreed.contains(.resumeTransfers):
            self.offer = offer.header
        case (.active, .updateHeader(let header)) where transfer == nil && offer == nil:
            transfer = TransferOrder(header.key, byteCount: header.byteCount)
        case (.active, .updateChunk(let chunk)) where transfer != nil:
            if try transfer?.advance(chunk.key, offset: chunk.offset, byteCount: chunk.bytes.readableBytes) == true {
                transfer = nil
            }
        case (.active, .trainingFailed(let failure)):
            if failure.key == transfer?.name { transfer = nil }
        case (.greeting, .ping), (.greeting, .pong), (.awaitingProof, .ping), (.awaitingProof, .pong),
            (.proved, .ping), (.proved, .pong), (.awaitingReady, .ping), (.awaitingReady, .pong), (.active, .ping),
            (.active, .pong):
            break
        case (.awaitingHello, .error), (.greeting, .error), (.awaitingProof, .error), (.proved, .error),
            (.awaitingProof, .goodbye), (.proved, .goodbye), (.awaitingReady, .error), (.active, .error),
            (.awaitingHello, .goodbye), (.greeting, .goodbye), (.awaitingReady, .goodbye), (.active, .goodbye):
            close()
        default:
            throw WireError(.unexpectedMessage, "\(message.type) came while the coordinator was in state \(place)")
        }
    }

    /// Takes note of a message that was sent. ``Challenge``, ``Confirmation``, ``Welcome``, the answers to an
    /// ``UpdateOffer``, ``ErrorMessage`` and ``Goodbye`` change something.
    ///
    /// - Throws: ``WireError/Code/internalFailure`` if the message may not be sent now.
    public mutating func sent(_ message: Message) throws(WireError) {
        switch message {
        case .challenge:
            guard state == .greeting, !unproved.isEmpty else {
                throw WireError(.internalFailure, "Challenge was sent in state \(place)")
            }
            state = .awaitingProof
        case .confirmation:
            guard state == .proved else {
                throw WireError(.internalFailure, "Confirmation was sent in state \(place)")
            }
            state = .greeting
        case .welcome(let welcome):
            guard state == .greeting else {
                throw WireError(.internalFailure, "Welcome was sent in state \(place)")
            }
            unready = welcome.assigned[...]
            agreed = welcome.capabilities
            state = .awaitingReady
        case .updateOffset(let answer):
            guard let offer, offer.key == answer.key, answer.offset < offer.byteCount else {
                throw WireError(.internalFailure, "UpdateOffset was sent in state \(place)")
            }
            self.offer = nil
            transfer = TransferOrder(offer.key, byteCount: offer.byteCount, from: answer.offset)
        case .receipt(let receipt):
            if receipt.key == offer?.key { offer = nil }
        case .error, .goodbye: close()
        default: break
        }
    }

    /// Both lists ascend, so what is ready is what the assigned clients that are left begin with. Endless parts come to
    /// nothing.
    private mutating func takeOff(_ ready: Ready) throws(WireError) {
        guard ready.isLast || !ready.clients.isEmpty else {
            throw WireError(.invalidValue, "Ready.clients is empty, and more is to follow")
        }
        var left = unready
        for item in ready.clients {
            guard left.first == item.client else {
                throw WireError(
                    .clientUnavailable,
                    "Ready names client \(item.client) where \(left.first.map { "\($0)" } ?? "none") is next",
                    remedy: "Name the clients of Welcome.assigned, all of them, in their order.")
            }
            left.removeFirst()
        }
        guard !ready.isLast || left.isEmpty else {
            throw WireError(.invalidValue, "the last Ready leaves out \(left.count) of the assigned clients")
        }
        unready = left
    }

    private mutating func close() {
        state = .closed
        unready = []
        transfer = nil
        offer = nil
    }

    private var place: String {
        if let offer { return "\(state), offered the update of \(offer.key)" }
        return transfer.map { "\(state), receiving the update of \($0.name)" } ?? "\(state)"
    }
}
