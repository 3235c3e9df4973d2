import Federation
import Testing
import Wire

@Suite struct HelloTests {
    /// Where fields lie in the payload of a Hello with the names of ``Samples``.
    private let maxFramePayload = 12
    private let nameLength = 32
    private let hosting = 56

    @Test func goldenShare() throws {
        try Golden.check("hello-share", .hello(Samples.hello()))
    }

    @Test func goldenCount() throws {
        var hello = Samples.hello(.count(7))
        hello.versions = 1...3
        hello.workerName = ""
        try Golden.check("hello-count", .hello(hello))
    }

    @Test func goldenClients() throws {
        let hello = Hello(
            capabilities: Capabilities(rawValue: 0x8000_0000_0000_0001), maxFramePayload: 1_114_112,
            workerID: Samples.worker, workerName: "Zürich ☃", software: "fed-client 1.0",
            hosting: .clients(Samples.clients(4_000_000_000, 0, 9)), ownData: true, codecs: [1, 200],
            strategies: ["fedavg", "scaffold"])
        try Golden.check("hello-clients", .hello(hello))
    }

    @Test func impossibleValuesAreRefused() {
        let hello = Message.hello(Samples.hello(.clients(Samples.clients(3, 8))))
        #expect(hello.refusal(with: 0 as UInt16, at: 0) == .invalidValue)
        #expect(hello.refusal(with: 4 as UInt16, at: 0) == .invalidValue)  // above maxVersion
        #expect(hello.refusal(with: 16_383 as UInt32, at: maxFramePayload) == .invalidValue)
        #expect(hello.refusal(with: 256 as UInt16, at: nameLength) == .invalidValue)
        #expect(hello.refusal(with: 0xFF as UInt8, at: nameLength + 2) == .invalidValue)  // not UTF-8
        #expect(hello.refusal(with: 3 as UInt8, at: hosting) == .invalidValue)
        #expect(hello.refusal(with: 0 as UInt32, at: hosting + 1) == .invalidValue)  // no clients
        #expect(hello.refusal(with: 8 as UInt32, at: hosting + 5) == .invalidValue)  // the same client twice
        #expect(hello.refusal(with: 9 as UInt32, at: hosting + 5) == .invalidValue)  // descending
        #expect(hello.refusal(with: 2 as UInt8, at: hosting + 13) == .invalidValue)  // ownData
        #expect(hello.refusal(with: 2 as UInt8, at: hosting + 18) == .unsupportedCodec)  // without f32
        #expect(Message.hello(Samples.hello(.count(1))).refusal(with: 0 as UInt32, at: hosting + 1) == .invalidValue)
    }

    @Test func longestHelloFitsIntoTheGreeting() throws {
        var hello = Samples.hello(.clients((0..<UInt32(WireLimits.helloClients)).map { ClientID($0) }))
        hello.workerName = String(repeating: "w", count: WireLimits.nameBytes)
        hello.software = String(repeating: "s", count: WireLimits.nameBytes)
        hello.codecs = [UInt8](1...255)
        let frame = Message.hello(hello).frame()
        #expect(try decodeAll(frame, payloadLimit: WireLimits.default.greetingPayload) == [.hello(hello)])
    }

    @Test func moreClientsThanAllowedAreRefused() {
        let hello = Samples.hello(.clients((0...UInt32(WireLimits.helloClients)).map { ClientID($0) }))
        #expect(decodingError(.hello, Message.hello(hello).payload)?.code == .invalidValue)
    }

    @Test func longNamesAreCutAfterAWholeCharacter() throws {
        var hello = Samples.hello()
        hello.workerName = String(repeating: "é", count: 200)
        guard case .hello(let decoded)? = try decodeAll(Message.hello(hello).frame()).first else {
            Issue.record("no Hello")
            return
        }
        #expect(decoded.workerName == String(repeating: "é", count: 127))
    }
}
