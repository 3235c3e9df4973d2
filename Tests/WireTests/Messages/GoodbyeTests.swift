import Testing
import Wire

@Suite struct GoodbyeTests {
    @Test(
        arguments: [
            ("finished", .runFinished, "30 rounds"), ("failed", .runFailed, "too few clients"),
            ("stopping", .coordinatorStopping, ""), ("leaving", .workerLeaving, "SIGTERM"),
        ] as [(String, Goodbye.Reason, String)])
    func golden(name: String, reason: Goodbye.Reason, text: String) throws {
        try Golden.check("goodbye-\(name)", .goodbye(Goodbye(reason: reason, text: text)))
    }

    @Test func unknownReasonIsRefused() {
        let goodbye = Message.goodbye(Goodbye(reason: .runFinished))
        #expect(goodbye.refusal(with: 0 as UInt8, at: 0) == .invalidValue)
        #expect(goodbye.refusal(with: 5 as UInt8, at: 0) == .invalidValue)
    }
}
