import Testing
import Wire

@Suite struct RoundClosedTests {
    @Test func golden() throws {
        try Golden.check("round-closed", .roundClosed(RoundClosed(round: 7)))
    }

    @Test func roundZeroIsRefused() {
        #expect(Message.roundClosed(RoundClosed(round: 7)).refusal(with: 0 as UInt32, at: 0) == .invalidValue)
    }
}
