import Federation
import Learning
import NIOCore
import Testing
import Wire

@Suite struct InvitationTests {
    @Test func goldenSGD() throws {
        let invitation = Invitation(
            round: 7,
            settings: .init(
                localEpochs: 1, batchSize: .examples(10),
                optimizer: .sgd(learningRate: 0.1, momentum: 0.9, weightDecay: 0.0001),
                clipNorm: 2.5, dropout: 0.25),
            codec: .f32, deadlineMilliseconds: 30_000,
            clients: [.init(client: ClientID(99), attempt: 2, stateRound: 6), .init(client: ClientID(3), attempt: 1)])
        try Golden.check("invitation-sgd", .invitation(invitation))
    }

    @Test func goldenAdam() throws {
        let invitation = Invitation(
            round: .max, settings: .init(localEpochs: 5, batchSize: .all, optimizer: .adam(learningRate: 0.001)),
            codec: .f32, deadlineMilliseconds: 0, clients: [.init(client: ClientID(0), attempt: .max)])
        try Golden.check("invitation-adam", .invitation(invitation))
    }

    @Test func impossibleValuesAreRefused() {
        let invitation = Message.invitation(Samples.invitation())
        #expect(invitation.refusal(with: 0 as UInt32, at: 0) == .invalidValue)  // round
        #expect(invitation.refusal(with: 0 as UInt32, at: 4) == .invalidValue)  // localEpochs
        #expect(invitation.refusal(with: 3 as UInt8, at: 12) == .invalidValue)  // optimizer
        #expect(invitation.refusal(with: Float.nan.bitPattern, at: 13) == .invalidValue)
        #expect(invitation.refusal(with: Float.infinity.bitPattern, at: 17) == .invalidValue)
        #expect(invitation.refusal(with: (-1 as Float).bitPattern, at: 21) == .invalidValue)
        #expect(invitation.refusal(with: 0 as UInt8, at: 33) == .unsupportedCodec)
        #expect(invitation.refusal(with: 0 as UInt32, at: 46) == .invalidValue)  // attempt
        #expect(invitation.refusal(with: 7 as UInt32, at: 50) == .invalidValue)  // stateRound
        #expect(invitation.refusal(with: (-1 as Float).bitPattern, at: 25) == .invalidValue)  // clipNorm
        #expect(invitation.refusal(with: (1 as Float).bitPattern, at: 29) == .invalidValue)  // dropout
        var nobody = Samples.invitation()
        nobody.clients = []
        #expect(decodingError(.invitation, Message.invitation(nobody).payload)?.code == .invalidValue)
    }

    @Test func epsilonIsAboveZero() {
        var invitation = Samples.invitation()
        invitation.settings.optimizer = .adam(learningRate: 0.001, epsilon: 0)
        #expect(decodingError(.invitation, Message.invitation(invitation).payload)?.code == .invalidValue)
    }

    @Test func betasStayBelowOne() {
        var invitation = Samples.invitation()
        for (beta1, beta2) in [(1, 0.999), (0.9, 1)] as [(Float, Float)] {
            invitation.settings.optimizer = .adam(learningRate: 0.001, beta1: beta1, beta2: beta2)
            #expect(decodingError(.invitation, Message.invitation(invitation).payload)?.code == .invalidValue)
        }
    }

    @Test func fitsIntoTheSmallestFrames() {
        var invitation = Samples.invitation()
        invitation.settings.optimizer = .adam(learningRate: 0.1)
        let payload = UInt32(WireLimits.minimumFramePayload)
        invitation.clients = (0..<UInt32(Invitation.mostClients(framePayload: payload))).map {
            .init(client: ClientID($0), attempt: 1)
        }
        let length = Message.invitation(invitation).payload.readableBytes
        #expect(length <= Int(payload) && length > Int(payload) - 128)
        #expect(Invitation.mostClients(framePayload: .max) == WireLimits.clientsPerMessage)
    }

    @Test func longestFitsIntoAFrame() throws {
        var invitation = Samples.invitation()
        invitation.clients = (0..<UInt32(WireLimits.clientsPerMessage)).map { .init(client: ClientID($0), attempt: 1) }
        #expect(try decodeAll(Message.invitation(invitation).frame()) == [.invitation(invitation)])
    }
}
