import Federation
import Testing
import Wire

@Suite struct CoordinatorSessionTests {
    /// The states, each with the way into it and the types that may come in it.
    enum Place: CaseIterable {
        case awaitingHello, greeting, offered, awaitingProof, proved, confirmed, awaitingReady, active, inTransfer,
            closed

        func session() throws -> CoordinatorSession {
            var session = CoordinatorSession()
            guard self != .awaitingHello else { return session }
            if [.offered, .awaitingProof, .proved, .confirmed].contains(self) {
                try session.receive(.hello(Samples.hello(tokens: Samples.clients(3))))
                guard self != .offered else { return session }
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

        var allowed: Set<MessageType> {
            switch self {
            case .awaitingHello: [.hello, .error, .goodbye]
            case .greeting, .offered, .proved, .confirmed: [.ping, .pong, .error, .goodbye]
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
        hello.versions = 2...9
        var session = CoordinatorSession()
        #expect(throws: (any Error).self) { try session.receive(.hello(hello)) }
        #expect(session.state == .awaitingHello)
        var later = CoordinatorSession(versions: 1...2)
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
            if [.greeting, .offered, .confirmed].contains(place) {
                #expect(throws: Never.self) { try session.sent(.welcome(Samples.welcome())) }
            } else {
                #expect(throws: (any Error).self) { try session.sent(.welcome(Samples.welcome())) }
            }
        }
    }

    @Test func tokensAreAskedForOnce() throws {
        for place in Place.allCases {
            var session = try place.session()
            if place == .offered {
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
