import Testing
import Wire

@Suite struct ModelHeaderTests {
    @Test func golden() throws {
        try Golden.check("model-header", .modelHeader(Samples.modelHeader(byteCount: 487_720)))
    }

    @Test func impossibleValuesAreRefused() {
        let header = Message.modelHeader(Samples.modelHeader())
        #expect(header.refusal(with: 0 as UInt32, at: 0) == .invalidValue)  // round
        #expect(header.refusal(with: 200 as UInt8, at: 36) == .unsupportedCodec)
        #expect(header.refusal(with: 0 as UInt64, at: 37) == .invalidValue)  // byteCount
    }
}
