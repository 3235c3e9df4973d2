import Testing
import Wire

@Suite struct UpdateOffsetTests {
    @Test func golden() throws {
        try Golden.check("update-offset", .updateOffset(UpdateOffset(key: Samples.key, offset: 262_144)))
    }

    @Test func impossibleValuesAreRefused() {
        let answer = Message.updateOffset(UpdateOffset(key: Samples.key, offset: 0))
        #expect(answer.refusal(with: 0 as UInt32, at: 0) == .invalidValue)  // round
        #expect(answer.refusal(with: 0 as UInt32, at: 8) == .invalidValue)  // attempt
    }
}
