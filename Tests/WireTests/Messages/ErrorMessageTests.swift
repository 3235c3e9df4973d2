import Testing
import Wire

@Suite struct ErrorMessageTests {
    @Test func golden() throws {
        let message = ErrorMessage(WireError(.versionMismatch, "no version in common"))
        #expect(message.knownCode == .versionMismatch)
        try Golden.check("error", .error(message))
    }

    /// A later version may have codes that this one does not know.
    @Test func goldenUnknownCode() throws {
        let message = ErrorMessage(code: .max, text: "", remedy: "")
        #expect(message.knownCode == nil)
        try Golden.check("error-unknown-code", .error(message))
    }

    /// Whatever an error says, it can be sent before the greeting is over.
    @Test func longTextIsCut() throws {
        let error = WireError(
            .invalidValue, String(repeating: "x", count: 100_000), remedy: String(repeating: "y", count: 5000))
        let frame = Message.error(ErrorMessage(error)).frame()
        let cut = ErrorMessage(
            code: WireError.Code.invalidValue.rawValue, text: String(repeating: "x", count: 4096),
            remedy: String(repeating: "y", count: 4096))
        #expect(try decodeAll(frame, payloadLimit: WireLimits.default.greetingPayload) == [.error(cut)])
    }
}
