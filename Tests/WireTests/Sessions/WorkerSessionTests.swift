import Federation
import Testing
import Wire

@Suite struct WorkerSessionTests {
    /// The states, each with the way into it and the types that may come in it.
    enum Place: CaseIterable {
        case awaitingChallenge, proving, awaitingConfirmation, confirmed, awaitingWelcome, preparing, active,
            inTransfer, withModel, closed
        /// Those that differ where transfers are resumed.
        case holding, resumed, offered

        func session() throws -> WorkerSession {
            if [.awaitingChallenge, .proving, .awaitingConfirmation, .confirmed].contains(self) {
                var session = WorkerSession(hello: Samples.hello(tokens: Samples.clients(3)))
                guard self != .awaitingChallenge else { return session }
                try session.receive(.challenge(Samples.challenge))
                guard self != .proving else { return session }
                try session.sent(.proof(Proof(proofs: Samples.proofs(Samples.clients(3)))))
                guard self != .awaitingConfirmation else { return session }
                try session.receive(.confirmation(Confirmation(signatures: Samples.proofs(Samples.clients(3)))))
                return session
            }
            var session = WorkerSession(hello: Samples.hello())
            switch self {
            case .holding, .resumed, .offered: return try resuming()
            default: break
            }
            guard self != .awaitingWelcome else { return session }
            try session.receive(.welcome(Samples.welcome()))
            guard self != .preparing else { return session }
            try session.sent(.ready(Samples.ready()))
            guard self != .active else { return session }
            try session.receive(.modelHeader(Samples.modelHeader()))
            guard self != .inTransfer else { return session }
            try session.receive(.modelChunk(Samples.modelChunk()))
            guard self != .withModel else { return session }
            try session.receive(.goodbye(Goodbye(reason: .runFinished)))
            return session
        }

        private func resuming() throws -> WorkerSession {
            var session = WorkerSession(hello: Samples.hello(capabilities: .resumeTransfers))
            try session.receive(.welcome(Samples.welcome(capabilities: .resumeTransfers)))
            if self != .offered { try session.sent(.modelHeld(Samples.modelHeld())) }
            try session.sent(.ready(Samples.ready()))
            if self == .offered { try session.sent(.updateOffer(UpdateOffer(header: Samples.updateHeader()))) }
            if self == .resumed { try session.receive(.modelRest(Samples.modelRest())) }
            return session
        }

        var allowed: Set<MessageType> {
            switch self {
            case .awaitingChallenge: [.challenge, .ping, .pong, .error, .goodbye]
            case .proving: [.ping, .pong, .error, .goodbye]
            case .awaitingConfirmation: [.confirmation, .ping, .pong, .error, .goodbye]
            case .holding: [.modelHeader, .modelRest, .roundClosed, .receipt, .ping, .pong, .error, .goodbye]
            case .resumed: [.modelChunk, .roundClosed, .receipt, .ping, .pong, .error, .goodbye]
            case .offered: [.modelHeader, .updateOffset, .roundClosed, .receipt, .ping, .pong, .error, .goodbye]
            case .awaitingWelcome, .confirmed: [.welcome, .ping, .pong, .error, .goodbye]
            case .preparing: [.ping, .pong, .error, .goodbye]
            case .active: [.modelHeader, .roundClosed, .receipt, .ping, .pong, .error, .goodbye]
            case .inTransfer: [.modelChunk, .roundClosed, .receipt, .ping, .pong, .error, .goodbye]
            case .withModel: [.modelHeader, .invitation, .roundClosed, .receipt, .ping, .pong, .error, .goodbye]
            case .closed: []
            }
        }
    }

    @Test(arguments: Place.allCases)
    func everyMessageInEveryState(place: Place) throws {
        for message in Samples.messages {
            var message = message
            if place == .resumed, message.type == .modelChunk {
                message = .modelChunk(Samples.modelChunk(offset: 24, count: 8))
            }
            var session = try place.session()
            let before = session.state
            do {
                try session.receive(message)
                #expect(place.allowed.contains(message.type), "\(message.type) was taken")
            } catch {
                #expect(!place.allowed.contains(message.type), "\(message.type): \(error)")
                let isUnproven = place == .awaitingChallenge && message.type == .welcome
                #expect(error.code == (isUnproven ? .coordinatorUnproven : .unexpectedMessage))
                #expect(session.state == before)
            }
        }
    }

    @Test("Clients misbehave in the round whose model is there, where that was agreed on")
    func hostileClients() throws {
        var session = WorkerSession(hello: Samples.hello(capabilities: .behaviours))
        try session.receive(.welcome(Samples.welcome(capabilities: .behaviours)))
        #expect(code(&session, .hostileClients(Samples.hostileClients())) == .unexpectedMessage)
        try session.sent(.ready(Samples.ready()))
        #expect(code(&session, .hostileClients(Samples.hostileClients())) == .unexpectedMessage)
        try session.receive(.modelHeader(Samples.modelHeader()))
        try session.receive(.modelChunk(Samples.modelChunk()))
        #expect(code(&session, .hostileClients(Samples.hostileClients(round: 6))) == .unexpectedMessage)
        #expect(code(&session, .hostileClients(Samples.hostileClients())) == nil)
        #expect(code(&session, .invitation(Samples.invitation())) == nil)
    }

    private func code(_ session: inout WorkerSession, _ message: Message) -> WireError.Code? {
        do {
            try session.receive(message)
            return nil
        } catch {
            return error.code
        }
    }

    @Test func aWholeLife() throws {
        var session = WorkerSession(hello: Samples.hello())
        #expect(session.state == .awaitingWelcome)
        try session.receive(.welcome(Samples.welcome()))
        #expect(session.state == .preparing)
        try session.sent(.ready(Samples.ready(isLast: false)))
        #expect(session.state == .preparing)
        try session.sent(.ready(Samples.ready()))
        #expect(session.state == .active)
        for round in 1...2 as ClosedRange<UInt32> {
            try session.receive(.modelHeader(Samples.modelHeader(round: round)))
            #expect(session.transferInProgress == round)
            try session.receive(.modelChunk(Samples.modelChunk(round: round, offset: 0, count: 31)))
            try session.receive(.receipt(Receipt(key: Samples.key, outcome: .late)))
            try session.receive(.modelChunk(Samples.modelChunk(round: round, offset: 31, count: 1)))
            #expect(session.transferInProgress == nil)
            try session.receive(.invitation(Samples.invitation(round: round)))
            try session.receive(.invitation(Samples.invitation(round: round)))
            try session.receive(.roundClosed(RoundClosed(round: round)))
            #expect(code(&session, .invitation(Samples.invitation(round: round))) == .unexpectedMessage)
        }
        try session.receive(.goodbye(Goodbye(reason: .runFinished)))
        #expect(session.isClosed)
    }

    @Test func welcomeKeepsToTheOffer() {
        func refusal(_ hosting: Hello.Hosting = .share, _ change: (inout Welcome) -> Void) -> WireError.Code? {
            var session = WorkerSession(hello: Samples.hello(hosting))
            var welcome = Samples.welcome()
            change(&welcome)
            return code(&session, .welcome(welcome))
        }
        #expect(refusal { _ in } == nil)
        #expect(refusal { $0.version = 4 } == .versionMismatch)
        #expect(refusal { $0.capabilities = Capabilities(rawValue: 1) } == .invalidValue)
        #expect(refusal { $0.maxFramePayload += 1 } == .invalidValue)
        #expect(refusal(.clients(Samples.clients(0))) { _ in } == nil)
        #expect(refusal(.clients(Samples.clients(0, 1))) { _ in } == .invalidValue)
    }

    @Test func invitationsAreForTheModelThatIsThere() throws {
        var session = try Place.withModel.session()
        #expect(code(&session, .invitation(Samples.invitation(round: 6))) == .unexpectedMessage)
        #expect(code(&session, .invitation(Samples.invitation(round: 8))) == .unexpectedMessage)
        try session.receive(.roundClosed(RoundClosed(round: 6)))
        #expect(code(&session, .invitation(Samples.invitation(round: 7))) == nil)
        try session.receive(.modelHeader(Samples.modelHeader(round: 8)))
        #expect(code(&session, .invitation(Samples.invitation(round: 7))) == .unexpectedMessage)
    }

    @Test func chunksFollowTheirHeader() throws {
        var session = try Place.inTransfer.session()
        #expect(code(&session, .modelHeader(Samples.modelHeader(round: 8))) == .unexpectedMessage)
        #expect(code(&session, .modelChunk(Samples.modelChunk(round: 8))) == .unexpectedMessage)
        #expect(code(&session, .modelChunk(Samples.modelChunk(offset: 31, count: 1))) == .transferOutOfOrder)
        #expect(code(&session, .modelChunk(Samples.modelChunk(count: 33))) == .transferLength)
        #expect(code(&session, .modelChunk(Samples.modelChunk())) == nil)
        #expect(code(&session, .modelChunk(Samples.modelChunk(offset: 32, count: 1))) == .unexpectedMessage)
    }

    @Test func theRestFollowsWhatIsHeld() throws {
        var session = try Place.holding.session()
        #expect(code(&session, .modelRest(Samples.modelRest(offset: 23))) == .invalidValue)
        #expect(code(&session, .modelRest(Samples.modelRest())) == nil)
        #expect(session.transferInProgress == 7)
        #expect(code(&session, .modelChunk(Samples.modelChunk(offset: 0, count: 24))) == .transferOutOfOrder)
        #expect(code(&session, .modelChunk(Samples.modelChunk(offset: 24, count: 8))) == nil)
        #expect(code(&session, .invitation(Samples.invitation())) == nil)

        // It is of use for the first model only.
        var later = try Place.holding.session()
        try later.receive(.modelHeader(Samples.modelHeader(round: 6)))
        try later.receive(.roundClosed(RoundClosed(round: 6)))
        #expect(code(&later, .modelRest(Samples.modelRest())) == .unexpectedMessage)
    }

    @Test func aWholeModelNeedsNoChunk() throws {
        var session = WorkerSession(hello: Samples.hello(capabilities: .resumeTransfers))
        try session.receive(.welcome(Samples.welcome(capabilities: .resumeTransfers)))
        try session.sent(.modelHeld(Samples.modelHeld(offset: 32)))
        try session.sent(.ready(Samples.ready()))
        try session.receive(.modelRest(Samples.modelRest(offset: 32)))
        #expect(session.transferInProgress == nil)
        #expect(code(&session, .modelChunk(Samples.modelChunk())) == .unexpectedMessage)
        #expect(code(&session, .invitation(Samples.invitation())) == nil)
    }

    @Test func anOfferIsAnsweredOnce() throws {
        let answer = Message.updateOffset(UpdateOffset(key: Samples.key, offset: 0))
        var session = try Place.offered.session()
        #expect(code(&session, .updateOffset(UpdateOffset(key: Samples.key, offset: 32))) == .invalidValue)
        #expect(throws: WireError.self) {
            try session.sent(.updateOffer(UpdateOffer(header: Samples.updateHeader())))
        }
        #expect(code(&session, answer) == nil)
        #expect(code(&session, answer) == .unexpectedMessage)
        var refused = try Place.offered.session()
        try refused.receive(.receipt(Receipt(key: Samples.key, outcome: .late)))
        #expect(code(&refused, answer) == .unexpectedMessage)
    }

    @Test func whatWasNotAgreedOnIsNotSent() throws {
        var session = try Place.preparing.session()
        #expect(throws: WireError.self) { try session.sent(.modelHeld(Samples.modelHeld())) }
        var active = try Place.active.session()
        #expect(throws: WireError.self) { try active.sent(.updateOffer(UpdateOffer(header: Samples.updateHeader()))) }
    }

    @Test func aClosedRoundEndsItsTransfer() throws {
        var session = try Place.inTransfer.session()
        try session.receive(.roundClosed(RoundClosed(round: 6)))
        #expect(session.transferInProgress == 7)
        try session.receive(.roundClosed(RoundClosed(round: 7)))
        #expect(session.transferInProgress == nil)
        #expect(code(&session, .modelChunk(Samples.modelChunk())) == .unexpectedMessage)
        #expect(code(&session, .modelHeader(Samples.modelHeader(round: 8))) == nil)
    }

    @Test func readyAnswersWelcome() throws {
        for place in Place.allCases {
            var session = try place.session()
            if place == .preparing {
                #expect(throws: Never.self) { try session.sent(.ready(Samples.ready())) }
            } else {
                #expect(throws: (any Error).self) { try session.sent(.ready(Samples.ready())) }
            }
        }
    }

    /// A coordinator that only pretends to ask, or that changes its run afterwards, has proved nothing.
    @Test func theCoordinatorProvesWhatWasOffered() throws {
        for others in [Samples.clients(), Samples.clients(4), Samples.clients(3, 4)] {
            var session = try Place.awaitingConfirmation.session()
            let confirmation = Confirmation(signatures: Samples.proofs(others))
            #expect(code(&session, .confirmation(confirmation)) == .coordinatorUnproven)
        }
        var session = try Place.confirmed.session()
        var welcome = Samples.welcome()
        welcome.run = .random()
        #expect(code(&session, .welcome(welcome)) == .coordinatorUnproven)
        #expect(code(&session, .welcome(Samples.welcome())) == nil)
    }

    @Test func proofAnswersChallenge() throws {
        for place in Place.allCases {
            var session = try place.session()
            let proof = Message.proof(Proof(proofs: Samples.proofs(Samples.clients(3))))
            if place == .proving {
                #expect(throws: Never.self) { try session.sent(proof) }
            } else {
                #expect(throws: (any Error).self) { try session.sent(proof) }
            }
        }
    }

    @Test func lastWordsClose() throws {
        for place in Place.allCases {
            for message in [
                Message.goodbye(Goodbye(reason: .workerLeaving)), .error(ErrorMessage(code: 1, text: "", remedy: "")),
            ] {
                var session = try place.session()
                try session.sent(message)
                #expect(session.isClosed)
                #expect(session.transferInProgress == nil)
            }
        }
    }
}
