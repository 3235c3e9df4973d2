import Federation
import Testing
import Wire

@Suite struct UpdateHeaderTests {
    @Test func golden() throws {
        var header = Samples.updateHeader(byteCount: 487_720)
        header.stateRound = 5
        header.scalars = [2.5, -0.125]
        try Golden.check("update-header", .updateHeader(header))
    }

    @Test func goldenDiverged() throws {
        let header = UpdateHeader(
            key: UpdateKey(round: 1, client: ClientID(0), attempt: 1), examples: 1, codec: .f32, byteCount: 4,
            digest: Samples.digest, loss: .infinity, accuracy: 0, steps: 1, trainMicroseconds: 0)
        try Golden.check("update-header-diverged", .updateHeader(header))
    }

    @Test func impossibleValuesAreRefused() {
        let header = Message.updateHeader(Samples.updateHeader())
        #expect(header.refusal(with: 0 as UInt32, at: 0) == .invalidValue)  // round
        #expect(header.refusal(with: 0 as UInt32, at: 8) == .invalidValue)  // attempt
        #expect(header.refusal(with: 99 as UInt8, at: 16) == .unsupportedCodec)
        #expect(header.refusal(with: 0 as UInt64, at: 17) == .invalidValue)  // byteCount
        #expect(header.refusal(with: 1.5.bitPattern, at: 65) == .invalidValue)  // accuracy
        #expect(header.refusal(with: Double.nan.bitPattern, at: 65) == .invalidValue)
    }
}
