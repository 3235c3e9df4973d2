import Federation
import NIOCore
import Testing
import Wire

@Suite struct HostileClientsTests {
    @Test func golden() throws {
        let flip = RoundBehaviour(
            place: 0, choice: try BehaviourChoice(name: "sign-flip", settings: [("strength", "2.5")]),
            attack: AttackContext(round: 7, cohort: Int(UInt32.max), attackers: 2),
            clients: [ClientID(3), ClientID(99)])
        try Golden.check("hostile-clients", .hostileClients(HostileClients(flip)))
        let alie = RoundBehaviour(
            place: .max, choice: BehaviourChoice(ALIE.self),
            attack: AttackContext(round: .max, cohort: 3, attackers: 2), clients: [ClientID(1)],
            known: [ClientID(1), ClientID(.max)])
        try Golden.check("hostile-clients-known", .hostileClients(HostileClients(alie)))
    }

    @Test func impossibleValuesAreRefused() {
        let message = Message.hostileClients(Samples.hostileClients())
        let end = message.payload.readableBytes
        // From the end: known 4 + 8, clients 4 + 4, attackers, cohort.
        #expect(message.refusal(with: 0 as UInt32, at: 0) == .invalidValue)  // round
        #expect(message.refusal(with: 0 as UInt32, at: end - 28) == .invalidValue)  // cohort
        #expect(message.refusal(with: 1 as UInt32, at: end - 28) == .invalidValue)  // fewer than attackers
        #expect(message.refusal(with: 0 as UInt32, at: end - 24) == .invalidValue)  // attackers
        #expect(message.refusal(with: 6 as UInt32, at: end - 24) == .invalidValue)  // more than the cohort
        #expect(message.refusal(with: 0 as UInt32, at: end - 4) == .invalidValue)  // known descends
        var nobody = Samples.hostileClients()
        nobody.behaviour.clients = []
        #expect(decodingError(.hostileClients, Message.hostileClients(nobody).payload)?.code == .invalidValue)
        nobody.behaviour.clients = Samples.clients(0, 1, 2)
        #expect(decodingError(.hostileClients, Message.hostileClients(nobody).payload)?.code == .invalidValue)
    }

    @Test("A behaviour that this side does not know, or a setting that it cannot have, is refused as such")
    func unknownBehaviour() {
        let payload = Message.hostileClients(Samples.hostileClients()).payload
        for (old, new) in [("alie", "aliq"), ("knows", "knowz"), ("attackers", "attackerz")] {
            var bytes = Array(payload.readableBytesView)
            guard let place = bytes.firstRange(of: Array(old.utf8)) else {
                Issue.record("\(old) is not there")
                continue
            }
            bytes.replaceSubrange(place, with: Array(new.utf8))
            #expect(decodingError(.hostileClients, ByteBuffer(bytes: bytes))?.code == .unsupportedBehaviour)
        }
    }

    @Test("As many clients as a message may have fit into the frame, with all that they may know")
    func framesHoldThem() {
        for payload in [UInt32(WireLimits.minimumFramePayload), 100_000, 1_114_112] {
            for known in [0, WireLimits.knownClients] {
                let count = HostileClients.mostClients(framePayload: payload, known: known)
                let message = HostileClients(
                    RoundBehaviour(
                        place: 0, choice: BehaviourChoice(MinMax.self),
                        attack: AttackContext(round: 1, cohort: Int(UInt32.max), attackers: Int(UInt32.max)),
                        clients: (0..<UInt32(count)).map { ClientID($0) },
                        known: (0..<UInt32(known)).map { ClientID($0) }))
                #expect(Message.hostileClients(message).payload.readableBytes <= Int(payload))
            }
        }
        #expect(HostileClients.mostClients(framePayload: .max, known: 0) == WireLimits.clientsPerMessage)
    }
}
