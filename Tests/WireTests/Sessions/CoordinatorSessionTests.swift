import Federation
import Testing
import Wire

@Suite struct CoordinatorSessionTests {
    /// The states, each with the way into it and the types that may come in it.
    enum Place: CaseIterable {
        case awaitingHello, greeting, tokensOffered, awaitingProof, proved, confirmed, awaitingReady, active,
            inTransfer, closed
        /// Those that differ where transfers are resumed.
        case awaitingReadyToResume, activeToResume, offered, resumed

        func session() throws -> CoordinatorSession {
            var session = CoordinatorSession()
            switch self {
            case .awaitingReadyToResume, .activeToResume, .offered, .resumed: return try resuming()
            default: break
            }
            guard self != .awaitingHello else { return session }
            if [.tokensOffered, .awaitingProof, .proved, .confirmed].contains(self) {
                try session.receive(.hello(Samples.hello(tokens: Samples.clients(3))))
                guard self != .tokensOffered else { return session }
                try session.sent(.challenge(Samples.challenge))
                guard self != .awaitingProof else { return session }
                try session.receive(.proof(Proof(proofs: Samples.proofs(Samples.clients(3)))))
                guard self != .proved else { return session }
                try session.sent(.confirmation(Confirmation(signatures: Samples.proofs(Samples.clients(3)))))
                return session
            }
            try session.receive(.hello(Samples.hello(.clients(Samples.clients(0)))))
            guard self != .greeting else { return session }
            try session.sent(.welcome(Samples.welcome()))
            guard self != .awaitingReady else { return session }
            try session.receive(.ready(Samples.ready()))
            guard self != .active else { return session }
            try session.receive(.updateHeader(Samples.updateHeader()))
            guard self != .inTransfer else { return session }
            try session.receive(.goodbye(Goodbye(reason: .workerLeaving)))
            return session
        }

        private func resuming() throws -> CoordinatorSession {
            var session = CoordinatorSession()
            try session.receive(.hello(Samples.hello(capabilities: .resumeTransfers)))
            try session.sent(.welcome(Samples.welcome(capabilities: .resumeTransfers)))
            guard self != .awaitingReadyToResume else { return session }
            try session.receive(.ready(Samples.ready()))
            guard self != .activeToResume else { return session }
            try session.receive(.updateOffer(UpdateOffer(header: Samples.updateHeader())))
            guard self != .offered else { return session }
            try session.sent(.updateOffset(UpdateOffset(key: Samples.key, offset: 24)))
            return session
        }

        var allowed: Set<MessageType> {
            switch self {
            case .awaitingReadyToResume: [.modelHeld, .ready, .ping, .pong, .error, .goodbye]
            case .activeToResume: [.updateHeader, .updateOffer, .trainingFailed, .ping, .pong, .error, .goodbye]
            case .offered: [.trainingFailed, .ping, .pong, .error, .goodbye]
            case .resumed: [.updateChunk, .trainingFailed, .ping, .pong, .error, .goodbye]
            case .awaitingHello: [.hello, .error, .goodbye]
            case .greeting, .tokensOffered, .proved, .confirmed: [.ping, .pong, .error, .goodbye]
            case .awaitingProof: [.proof, .ping, .pong, .error, .goodbye]
            case .awaitingReady: [.ready, .ping, .pong, .error, .goodbye]
            case .active: [.updateHeader, .trainingFailed, .ping, .pong, .error, .goodbye]
            case .inTransfer: [.updateChunk, .trainingFailed, .ping, .pong, .error, .goodbye]
            case .closed: []
            }
        }
    }

    @Test(arguments: Place.allCases)
    func everyMessageInEveryState(place: Place) throws {
        for message in Samples.messages {
            var message = message
            if place == .resumed, message.type == .updateChunk {
                message = .updateChunk(Samples.updateChunk(offset: 24, count: 8))
            }
            var session = try place.session()
            let before = session.state
            do {
                try session.receive(message)
                #expect(place.allowed.contains(message.type), "\(message.type) was taken")
            } catch {
                #expect(!place.allowed.contains(message.type), "\(message.type): \(error)")
                #expect(error.code == .unexpectedMessage)
                #expect(session.state == before)
            }
        }
    }

    @Test func aWholeLife() throws {
        var session = CoordinatorSession()
        #expect(session.state == .awaitingHello)
        try session.receive(.hello(Samples.hello()))
        #expect(session.state == .greeting)
        try session.sent(.welcome(Samples.welcome(assigned: Samples.clients(0, 1))))
        #expect(session.state == .awaitingReady)
        try session.receive(.ready(Samples.ready(Samples.clients(0), isLast: false)))
        #expect(session.state == .awaitingReady)
        try session.receive(.ready(Samples.ready(Samples.clients(1))))
        #expect(session.state == .active)
        for attempt in 1...2 as ClosedRange<UInt32> {
            let key = UpdateKey(round: 7, client: ClientID(0), attempt: attempt)
            try session.receive(.updateHeader(Samples.updateHeader(key)))
            #expect(session.transferInProgress == key)
            try session.receive(.updateChunk(Samples.updateChunk(key, offset: 0, count: 20)))
            try session.receive(.ping(Ping(nonce: 1)))
            try session.receive(.updateChunk(Samples.updateChunk(key, offset: 20, count: 12)))
            #expect(session.transferInProgress == nil)
            try session.sent(.receipt(Receipt(key: key, outcome: .accepted)))
        }
        try session.receive(.goodbye(Goodbye(reason: .workerLeaving)))
        #expect(session.isClosed)
    }

    @Test func noVersionInCommon() {
        var hello = Samples.hello()
        hello.versions = 4...9
        var session = CoordinatorSession()
        #expect(throws: (any Error).self) { try session.receive(.hello(hello)) }
        #expect(session.state == .awaitingHello)
        var later = CoordinatorSession(versions: 3...4)
        #expect(throws: Never.self) { try later.receive(.hello(hello)) }
    }

    private func code(_ session: inout CoordinatorSession, _ message: Message) -> WireError.Code? {
        do {
            try session.receive(message)
            return nil
        } catch {
            return error.code
        }
    }

    @Test func readyNamesTheAssignedClients() throws {
        var session = CoordinatorSession()
        try session.receive(.hello(Samples.hello()))
        try session.sent(.welcome(Samples.welcome(assigned: Samples.clients(1, 4, 6), population: 9)))
        #expect(code(&session, .ready(Samples.ready(Samples.clients(1, 4, 5)))) == .clientUnavailable)
        #expect(code(&session, .ready(Samples.ready(Samples.clients(4, 6)))) == .clientUnavailable)
        #expect(code(&session, .ready(Samples.ready(Samples.clients(1, 4)))) == .invalidValue)
        #expect(code(&session, .ready(Samples.ready([], isLast: false))) == .invalidValue)
        #expect(code(&session, .ready(Samples.ready(Samples.clients(1, 4), isLast: false))) == nil)
        #expect(code(&session, .ready(Samples.ready(Samples.clients(4, 6)))) == .clientUnavailable)
        #expect(code(&session, .ready(Samples.ready(Samples.clients(6, 7)))) == .clientUnavailable)
        #expect(code(&session, .ready(Samples.ready(Samples.clients(6)))) == nil)
        #expect(session.state == .active)
    }

    @Test func chunksFollowTheirHeader() throws {
        var session = try Place.inTransfer.session()
        let other = UpdateKey(round: 7, client: ClientID(4), attempt: 2)
        #expect(code(&session, .updateChunk(Samples.updateChunk(other))) == .unexpectedMessage)
        #expect(code(&session, .updateChunk(Samples.updateChunk(offset: 1))) == .transferOutOfOrder)
        #expect(code(&session, .updateChunk(Samples.updateChunk(count: 33))) == .transferLength)
        #expect(code(&session, .updateHeader(Samples.updateHeader(other))) == .unexpectedMessage)
        #expect(code(&session, .updateChunk(Samples.updateChunk())) == nil)
        #expect(code(&session, .updateChunk(Samples.updateChunk(offset: 32, count: 1))) == .unexpectedMessage)
    }

    @Test func anOfferIsAnsweredOnce() throws {
        var session = try Place.offered.session()
        #expect(session.transferInProgress == nil)
        for (key, offset) in [(Samples.key, 32), (UpdateKey(round: 7, client: ClientID(4), attempt: 2), 24)]
            as [(UpdateKey, UInt64)]
        {
            #expect(throws: WireError.self) { try session.sent(.updateOffset(UpdateOffset(key: key, offset: offset))) }
        }
        try session.sent(.updateOffset(UpdateOffset(key: Samples.key, offset: 24)))
        #expect(session.transferInProgress == Samples.key)
        #expect(throws: WireError.self) { try session.sent(.updateOffset(UpdateOffset(key: Samples.key, offset: 24))) }
        #expect(code(&session, .updateChunk(Samples.updateChunk(offset: 0))) == .transferOutOfOrder)
        #expect(code(&session, .updateChunk(Samples.updateChunk(offset: 24, count: 9))) == .transferLength)
        #expect(code(&session, .updateChunk(Samples.updateChunk(offset: 24, count: 8))) == nil)
        #expect(session.transferInProgress == nil)

        var refused = try Place.offered.session()
        try refused.sent(.receipt(Receipt(key: Samples.key, outcome: .late)))
        #expect(code(&refused, .updateChunk(Samples.updateChunk())) == .unexpectedMessage)
        #expect(code(&refused, .updateOffer(UpdateOffer(header: Samples.updateHeader()))) == nil)
    }

    @Test func aModelIsHeldOnce() throws {
        var session = try Place.awaitingReadyToResume.session()
        #expect(code(&session, .modelHeld(Samples.modelHeld())) == nil)
        #expect(code(&session, .modelHeld(Samples.modelHeld())) == .unexpectedMessage)
    }

    @Test func aFailureEndsItsOwnTransfer() throws {
        var session = try Place.inTransfer.session()
        let other = UpdateKey(round: 7, client: ClientID(4), attempt: 2)
        try session.receive(.trainingFailed(TrainingFailed(key: other, reason: .noData, text: "")))
        #expect(session.transferInProgress == Samples.key)
        try session.receive(.trainingFailed(TrainingFailed(key: Samples.key, reason: .cancelled, text: "")))
        #expect(session.transferInProgress == nil)
        #expect(code(&session, .updateChunk(Samples.updateChunk())) == .unexpectedMessage)
    }

    @Test func welcomeAnswersHello() throws {
        for place in Place.allCases {
            var session = try place.session()
            if [.greeting, .tokensOffered, .confirmed].contains(place) {
                #expect(throws: Never.self) { try session.sent(.welcome(Samples.welcome())) }
            } else {
                #expect(throws: (any Error).self) { try session.sent(.welcome(Samples.welcome())) }
            }
        }
    }

    @Test func tokensAreAskedForOnce() throws {
        for place in Place.allCases {
            var session = try place.session()
            if place == .tokensOffered {
                #expect(throws: Never.self) { try session.sent(.challenge(Samples.challenge)) }
            } else {
                #expect(throws: (any Error).self) { try session.sent(.challenge(Samples.challenge)) }
            }
            session = try place.session()
            let confirmation = Message.confirmation(Confirmation(signatures: Samples.proofs(Samples.clients(3))))
            if place == .proved {
                #expect(throws: Never.self) { try session.sent(confirmation) }
                #expect(session.state == .greeting)
            } else {
                #expect(throws: (any Error).self) { try session.sent(confirmation) }
            }
        }
    }

    @Test func proofsAreOfTheClientsThatWereOffered() throws {
        for others in [Samples.clients(), Samples.clients(4), Samples.clients(3, 4)] {
            var session = try Place.awaitingProof.session()
            #expect(code(&session, .proof(Proof(proofs: Samples.proofs(others)))) == .invalidValue)
            #expect(session.state == .awaitingProof)
        }
    }

    @Test func lastWordsClose() throws {
        for place in Place.allCases {
            for message in [
                Message.goodbye(Goodbye(reason: .runFinished)), .error(ErrorMessage(code: 1, text: "", remedy: "")),
            ] {
                var session = try place.session()
                try session.sent(message)
                #expect(session.isClosed)
                #expect(session.transferInProgress == nil)
            }
        }
    }
}
