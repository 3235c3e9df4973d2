internal import NIOCore

/// The worker's side of a connection as a state machine: which message may come now. It does no I/O and knows no time;
/// the shell tells it what came and what was sent.
///
///     awaitingWelcome ─Welcome→ preparing ═Ready(isLast)⇒ active → closed
///
/// and before that, where the worker has offered tokens,
///
///     awaitingChallenge ─Challenge→ proving ═Proof⇒ awaitingConfirmation ─Confirmation→ awaitingWelcome
///
/// (`─→` received, `═⇒` sent.)
public struct WorkerSession: Sendable {
    public enum State: Sendable, Equatable {
        /// ``Hello`` with tokens has been sent.
        case awaitingChallenge
        /// ``Challenge`` has come.
        case proving
        /// ``Proof`` has been sent.
        case awaitingConfirmation
        /// ``Hello`` has been sent and, where it offered tokens, ``Confirmation`` has come.
        case awaitingWelcome
        /// ``Welcome`` has come; the worker gets its data ready.
        case preparing
        /// The last ``Ready`` has been sent.
        case active
        /// An ``ErrorMessage`` or a ``Goodbye`` was sent or has come. What still comes is to be dropped.
        case closed
    }

    public private(set) var state: State
    private let hello: Hello
    /// The run that the tokens were proved for.
    private var run: WireIdentifier?
    private var transfer: TransferOrder<ModelRound>?
    /// The round whose model is there and which is not closed.
    private var round: UInt32?
    private var agreed: Capabilities = []
    /// The part of a model that the coordinator was told of, until the first model comes.
    private var held: ModelHeld?
    /// The update that was offered and not answered.
    private var offer: UpdateHeader?

    /// - Parameter hello: what this side sends; the ``Welcome`` must keep to its offers.
    public init(hello: Hello) {
        self.hello = hello
        state = hello.tokens == nil ? .awaitingWelcome : .awaitingChallenge
    }

    public var isClosed: Bool { state == .closed }

    /// The round whose model is coming.
    public var transferInProgress: UInt32? { transfer?.name.round }

    /// Checks a message that came, and moves on.
    ///
    /// - Throws: ``WireError/Code/unexpectedMessage`` if it may not come now, ``WireError/Code/versionMismatch`` or
    ///   ``WireError/Code/invalidValue`` if the ``Welcome`` agrees to what was not offered, or what is wrong with a
    ///   chunk. The state stays; the shell sends the error and closes.
    public mutating func receive(_ message: Message) throws(WireError) {
        switch (state, message) {
        case (.awaitingChallenge, .challenge(let challenge)):
            run = challenge.run
            state = .proving
        case (.awaitingConfirmation, .confirmation(let confirmation)):
            guard confirmation.signatures.map(\.client) == hello.tokens?.clients else {
                throw WireError(.coordinatorUnproven, "Confirmation.signatures names other clients than Hello.tokens")
            }
            state = .awaitingWelcome
        case (.awaitingChallenge, .welcome):
            throw WireError(
                .coordinatorUnproven,
                "the coordinator did not ask for the tokens, so that it has not proved itself either",
                remedy: "Start the coordinator with --tokens, or this worker without --token-file.")
        case (.awaitingWelcome, .welcome(let welcome)):
            try check(welcome)
            agreed = welcome.capabilities
            state = .preparing
        case (.active, .modelHeader(let header)) where transfer == nil:
            transfer = TransferOrder(ModelRound(round: header.round), byteCount: header.byteCount)
            round = nil
            held = nil
        case (.active, .modelRest(let rest)) where transfer == nil && held != nil:
            guard held == ModelHeld(header: rest.header, offset: rest.offset) else {
                throw WireError(.invalidValue, "ModelRest does not go on where ModelHeld said")
            }
            held = nil
            let isWhole = rest.offset == rest.header.byteCount
            round = isWhole ? rest.header.round : nil
            transfer =
                isWhole
                ? nil
                : TransferOrder(
                    ModelRound(round: rest.header.round), byteCount: rest.header.byteCount, from: rest.offset)
        case (.active, .modelChunk(let chunk)) where transfer != nil:
            let name = ModelRound(round: chunk.round)
            if try transfer?.advance(name, offset: chunk.offset, byteCount: chunk.bytes.readableBytes) == true {
                transfer = nil
                round = chunk.round
            }
        case (.active, .invitation(let invitation)) where invitation.round == round: break
        case (.active, .hostileClients(let hostile)) where hostile.round == round && agreed.contains(.behaviours): break
        case (.active, .roundClosed(let closed)):
            if closed.round == round { round = nil }
            if closed.round == transfer?.name.round { transfer = nil }
        case (.active, .updateOffset(let answer)) where offer?.key == answer.key:
            guard answer.offset < offer?.byteCount ?? 0 else {
                throw WireError(.invalidValue, "UpdateOffset.offset is \(answer.offset), beyond the update")
            }
            offer = nil
        case (.active, .receipt(let receipt)):
            if receipt.key == offer?.key { offer = nil }
        case (.awaitingChallenge, .ping), (.awaitingChallenge, .pong), (.proving, .ping), (.proving, .pong),
            (.awaitingConfirmation, .ping), (.awaitingConfirmation, .pong),
            (.awaitingWelcome, .ping), (.awaitingWelcome, .pong), (.preparing, .ping), (.preparing, .pong),
            (.active, .ping), (.active, .pong):
            break
        case (.awaitingChallenge, .error), (.proving, .error), (.awaitingConfirmation, .error),
            (.awaitingChallenge, .goodbye), (.proving, .goodbye), (.awaitingConfirmation, .goodbye),
            (.awaitingWelcome, .error), (.preparing, .error), (.active, .error), (.awaitingWelcome, .goodbye),
            (.preparing, .goodbye), (.active, .goodbye):
            close()
        default:
            throw WireError(.unexpectedMessage, "\(message.type) came while the worker was in state \(place)")
        }
    }

    /// Takes note of a message that was sent. ``Proof``, ``ModelHeld``, the last ``Ready``, ``UpdateOffer``,
    /// ``ErrorMessage`` and ``Goodbye`` change something.
    ///
    /// - Throws: ``WireError/Code/internalFailure`` if the message may not be sent now.
    public mutating func sent(_ message: Message) throws(WireError) {
        switch message {
        case .proof:
            guard state == .proving else {
                throw WireError(.internalFailure, "Proof was sent in state \(place)")
            }
            state = .awaitingConfirmation
        case .ready(let ready):
            guard state == .preparing else {
                throw WireError(.internalFailure, "Ready was sent in state \(place)")
            }
            if ready.isLast { state = .active }
        case .modelHeld(let held):
            guard state == .preparing, self.held == nil, agreed.contains(.resumeTransfers) else {
                throw WireError(.internalFailure, "ModelHeld was sent in state \(place)")
            }
            self.held = held
        case .updateOffer(let offer):
            guard state == .active, self.offer == nil, agreed.contains(.resumeTransfers) else {
                throw WireError(.internalFailure, "UpdateOffer was sent in state \(place)")
            }
            self.offer = offer.header
        case .error, .goodbye: close()
        default: break
        }
    }

    private func check(_ welcome: Welcome) throws(WireError) {
        guard hello.versions.contains(welcome.version) else {
            throw WireError(.versionMismatch, "Welcome chose version \(welcome.version), which was not offered")
        }
        guard welcome.capabilities.isSubset(of: hello.capabilities) else {
            throw WireError(.invalidValue, "Welcome.capabilities has bits that were not offered")
        }
        guard welcome.maxFramePayload <= hello.maxFramePayload else {
            throw WireError(
                .invalidValue,
                "Welcome.maxFramePayload is \(welcome.maxFramePayload), more than the \(hello.maxFramePayload) offered")
        }
        if let run, welcome.run != run {
            throw WireError(.coordinatorUnproven, "Welcome.run is not the run of the Challenge")
        }
        if case .clients(let clients) = hello.hosting, clients != welcome.assigned {
            throw WireError(.invalidValue, "Welcome.assigned has other clients than were asked for")
        }
    }

    private mutating func close() {
        state = .closed
        transfer = nil
        round = nil
        held = nil
        offer = nil
    }

    private var place: String {
        if let transfer { return "\(state), receiving \(transfer.name)" }
        return round.map { "\(state), with the model of round \($0)" } ?? "\(state)"
    }

    /// A model's name among transfers.
    private struct ModelRound: Sendable, Equatable, CustomStringConvertible {
        let round: UInt32
        var description: String { "the model of round \(round)" }
    }
}
