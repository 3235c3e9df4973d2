import Testing
import Wire

@Suite struct WireErrorTests {
    @Test func everyErrorHasARemedy() {
        for code in WireError.Code.allCases {
            let error = WireError(code, "something is wrong")
            #expect(error.remedy == code.remedy)
            #expect(error.remedy.hasSuffix("."))
            #expect(error.description.contains("something is wrong") && error.description.contains(error.remedy))
            #expect(ErrorMessage(error).knownCode == code)
        }
        #expect(WireError(.badPreface, "x", remedy: "y").remedy == "y")
    }

    @Test func versionsAreNegotiated() throws {
        #expect(try Wire.commonVersion(with: 3...3) == 3)
        #expect(try Wire.commonVersion(with: 1...7) == 3)
        #expect(try Wire.commonVersion(with: 2...7, own: 1...4) == 4)
        #expect(try Wire.commonVersion(with: 2...3, own: 1...4) == 3)
        for (peer, own) in [(2...7, 1...1), (1...2, 3...4)] as [(ClosedRange<UInt16>, ClosedRange<UInt16>)] {
            do {
                _ = try Wire.commonVersion(with: peer, own: own)
                Issue.record("\(peer) and \(own) have a version in common")
            } catch {
                #expect(error.code == .versionMismatch)
            }
        }
    }

    @Test func limitsAreAgreed() {
        var limits = WireLimits()
        limits.framePayload = 100_000
        limits.chunkSize = 50_000
        #expect(limits.agreedFramePayload(with: 20_000) == 20_000)
        #expect(limits.agreedFramePayload(with: .max) == 100_000)
        #expect(limits.agreedChunkSize(framePayload: 100_000) == 50_000)
        #expect(limits.agreedChunkSize(framePayload: 20_000) == 19_936)
    }
}
