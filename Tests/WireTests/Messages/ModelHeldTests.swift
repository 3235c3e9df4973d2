import Testing
import Wire

@Suite struct ModelHeldTests {
    private let header = Samples.modelHeader(byteCount: 487_720)

    @Test func golden() throws {
        try Golden.check("model-held", .modelHeld(ModelHeld(header: header, offset: 262_144)))
    }

    @Test func impossibleValuesAreRefused() {
        let held = Message.modelHeld(ModelHeld(header: header, offset: 1))
        #expect(held.refusal(with: 0 as UInt32, at: 0) == .invalidValue)  // round
        #expect(held.refusal(with: 200 as UInt8, at: 36) == .unsupportedCodec)
        #expect(held.refusal(with: 0 as UInt64, at: 37) == .invalidValue)  // byteCount
        #expect(held.refusal(with: 0 as UInt64, at: 45) == .invalidValue)  // offset
        #expect(held.refusal(with: 487_721 as UInt64, at: 45) == .invalidValue)
    }
}
