import Federation
import Testing
import Wire

@Suite struct TrainingFailedTests {
    private let failed = TrainingFailed(
        key: UpdateKey(round: 7, client: ClientID(99), attempt: 1), reason: .diverged, text: "the loss is not finite")

    @Test func golden() throws {
        try Golden.check("training-failed", .trainingFailed(failed))
    }

    @Test func unknownReasonIsKept() throws {
        var failed = failed
        failed.reason = .init(rawValue: 60_000)
        #expect(try decodeAll(Message.trainingFailed(failed).frame()) == [.trainingFailed(failed)])
    }

    @Test func impossibleValuesAreRefused() {
        #expect(Message.trainingFailed(failed).refusal(with: 0 as UInt32, at: 8) == .invalidValue)  // attempt
        #expect(Message.trainingFailed(failed).refusal(with: 4097 as UInt16, at: 14) == .invalidValue)  // text
        #expect(Message.trainingFailed(failed).refusal(with: 23 as UInt16, at: 14) == .truncatedMessage)
        #expect(Message.trainingFailed(failed).refusal(with: 21 as UInt16, at: 14) == .leftoverBytes)
    }
}
