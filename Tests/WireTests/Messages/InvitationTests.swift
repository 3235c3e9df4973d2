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
        let end = invitation.payload.readableBytes  // a list of one client
        #expect(invitation.refusal(with: 0 as UInt8, at: end - 21) == .unsupportedCodec)
        #expect(invitation.refusal(with: 0 as UInt32, at: end - 8) == .invalidValue)  // attempt
        #expect(invitation.refusal(with: 7 as UInt32, at: end - 4) == .invalidValue)  // stateRound
        var nobody = Samples.invitation()
        nobody.clients = []
        #expect(decodingError(.invitation, Message.invitation(nobody).payload)?.code == .invalidValue)
    }

    @Test(
        "An optimiser that this side does not know, or a setting that it cannot have, is refused",
        arguments: [
            ("sgd", "sgf"), ("momentum", "momentun"), ("local_epochs\u{1}\u{0}1", "local_epochs\u{1}\u{0}0"),
            ("batch_size\u{2}\u{0}10", "batch_size\u{2}\u{0}-1"), ("batch_size\u{2}\u{0}10", "batch_size\u{2}\u{0}al"),
            ("learning_rate\u{3}\u{0}0.1", "learning_rate\u{3}\u{0}nan"),
            ("learning_rate\u{3}\u{0}0.1", "learning_rate\u{3}\u{0}0.0"),
            ("learning_rate\u{3}\u{0}0.1", "learning_rate\u{3}\u{0}0x1"),
            ("momentum\u{1}\u{0}0", "momentum\u{1}\u{0}1"),
            ("weight_decay\u{1}\u{0}0", "weight_decay\u{1}\u{0}2"),
            ("clip_norm\u{4}\u{0}none", "clip_norm\u{4}\u{0}-1.0"),
            ("clip_norm\u{4}\u{0}none", "clip_norm\u{4}\u{0}zero"), ("dropout\u{1}\u{0}0", "dropout\u{1}\u{0}1"),
        ])
    func impossibleSettings(old: String, new: String) {
        #expect(Message.invitation(Samples.invitation()).refusal(of: new, for: old) == .invalidValue)
    }

    @Test(
        "Adam divides by what is above zero, and forgets",
        arguments: [("1e-08", "0e-08"), ("1e-08", "-1e-8"), ("0.999", "1.000"), ("0.9", "1.0")])
    func impossibleAdam(old: String, new: String) {
        var invitation = Samples.invitation()
        invitation.settings.optimizer = .adam(learningRate: 0.001)
        #expect(Message.invitation(invitation).refusal(of: new, for: old) == .invalidValue)
    }

    @Test func fitsIntoTheSmallestFrames() {
        var invitation = Samples.invitation()
        invitation.settings.optimizer = .adam(learningRate: 0.1)
        let payload = UInt32(WireLimits.minimumFramePayload)
        invitation.clients = (0..<UInt32(Invitation.mostClients(framePayload: payload))).map {
            .init(client: ClientID($0), attempt: 1)
        }
        let length = Message.invitation(invitation).payload.readableBytes
        #expect(length <= Int(payload) && length > Int(payload) - 1_024)
        #expect(Invitation.mostClients(framePayload: .max) == WireLimits.clientsPerMessage)
    }

    @Test func longestFitsIntoAFrame() throws {
        var invitation = Samples.invitation()
        invitation.clients = (0..<UInt32(WireLimits.clientsPerMessage)).map { .init(client: ClientID($0), attempt: 1) }
        #expect(try decodeAll(Message.invitation(invitation).frame()) == [.invitation(invitation)])
    }
}
