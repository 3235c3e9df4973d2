import Federation
import Testing
import Wire

@Suite struct ReadyTests {
    @Test func golden() throws {
        let ready = Ready(
            dataDigest: Samples.data,
            clients: [
                .init(client: ClientID(99), examples: .max), .init(client: ClientID(4), examples: 0),
                .init(client: ClientID(3), examples: 600),
            ], isLast: true)
        try Golden.check("ready", .ready(ready))
    }

    @Test func goldenPart() throws {
        let part = Ready(
            dataDigest: Samples.data, clients: [.init(client: ClientID(0), examples: 1)], isLast: false)
        try Golden.check("ready-part", .ready(part))
    }

    @Test func impossibleValuesAreRefused() {
        let ready = Message.ready(Samples.ready(Samples.clients(1, 2)))
        #expect(ready.refusal(with: 2 as UInt32, at: 36) == .invalidValue)  // client 2 twice
        #expect(ready.refusal(with: 2 as UInt8, at: 52) == .invalidValue)  // isLast
        #expect(ready.refusal(with: 3 as UInt32, at: 32) == .truncatedMessage)
        #expect(ready.refusal(with: 1 as UInt32, at: 32) == .invalidValue)  // client 2 as isLast
    }

    @Test(arguments: [
        (0, 1_114_112, 1), (1, 1_114_112, 1), (90_000, 1_114_112, 1), (90_001, 1_114_112, 2),
        (250_000, 1_114_112, 3), (2043, 16_384, 1), (2044, 16_384, 2),
    ])
    func manyClientsAreSplit(count: Int, maxFramePayload: UInt32, parts: Int) throws {
        let clients = (0..<UInt32(count)).map { Ready.ClientExamples(client: ClientID($0), examples: $0 * 3) }
        let messages = Ready.messages(
            dataDigest: Samples.data, clients: clients.reversed(), maxFramePayload: maxFramePayload)
        #expect(messages.count == parts)
        #expect(messages.flatMap(\.clients) == clients)
        #expect(messages.map(\.isLast) == Array(repeating: false, count: parts - 1) + [true])
        for message in messages {
            let frame = Message.ready(message).frame()
            #expect(try decodeAll(frame, payloadLimit: Int(maxFramePayload)) == [.ready(message)])
        }
    }
}
