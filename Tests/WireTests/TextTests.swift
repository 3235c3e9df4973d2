import NIOCore
import Testing
import Wire

/// What a peer says is shown and logged.
@Suite struct TextTests {
    private static let evil = "all well\u{1B}[2J\r\n2026-01-01 notice: the run is finished\u{202E}"

    /// The message as the other side reads it.
    private func read(_ message: Message) throws -> Message {
        var bytes = message.frame()
        return try Message(try #require(try Frame(readingFrom: &bytes, payloadLimit: 1 << 20)))
    }

    @Test("Who sends a text leaves its control characters out") func sent() throws {
        let error = ErrorMessage(WireError(.invalidValue, Self.evil, remedy: Self.evil))
        guard case .error(let read) = try read(.error(error)) else {
            Issue.record("another message")
            return
        }
        let clean = "all well\u{FFFD}[2J\u{FFFD} 2026-01-01 notice: the run is finished\u{FFFD}"
        #expect(read.text.hasSuffix(clean) && read.remedy == clean)
    }

    @Test(
        "Who receives a text or a name with control characters refuses it",
        arguments: ["\u{1B}", "\n", "\r", "\u{0}", "\u{7F}", "\u{9B}", "\u{2028}", "\u{202E}", "\u{2066}"])
    func received(control: String) throws {
        let place = String(repeating: "#", count: control.utf8.count)
        var hello = Samples.hello()
        hello.workerName = "edge\(place)"
        for message in [.hello(hello), .goodbye(Goodbye(reason: .workerLeaving, text: "\(place)gone"))] as [Message] {
            #expect(try read(message) == message)
            var bytes = message.frame()
            let frame = try #require(try Frame(readingFrom: &bytes, payloadLimit: 1 << 20))
            let payload = String(decoding: frame.payload.readableBytesView, as: Unicode.ASCII.self)
            let offset = try #require(payload.firstRange(of: place)).lowerBound
            var changed = frame.payload
            changed.setString(control, at: changed.readerIndex + payload.distance(from: payload.startIndex, to: offset))
            let problem = #expect(throws: WireError.self) {
                try Message(Frame(type: frame.type, payload: changed))
            }
            #expect(problem?.text.contains("control characters") == true)
        }
    }
}
