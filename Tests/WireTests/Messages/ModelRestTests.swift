import Testing
import Wire

@Suite struct ModelRestTests {
    private let header = Samples.modelHeader(byteCount: 487_720)

    @Test func golden() throws {
        try Golden.check("model-rest", .modelRest(ModelRest(header: header, offset: 487_720)))
    }

    @Test func impossibleValuesAreRefused() {
        let rest = Message.modelRest(ModelRest(header: header, offset: 1))
        #expect(rest.refusal(with: 0 as UInt32, at: 0) == .invalidValue)  // round
        #expect(rest.refusal(with: 0 as UInt64, at: 37) == .invalidValue)  // byteCount
        #expect(rest.refusal(with: 0 as UInt64, at: 45) == .invalidValue)  // offset
        #expect(rest.refusal(with: 487_721 as UInt64, at: 45) == .invalidValue)
    }
}
