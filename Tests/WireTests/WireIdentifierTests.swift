import Testing
import Wire

@Suite struct WireIdentifierTests {
    @Test func sixteenBytes() throws {
        let bytes = [UInt8](0..<16)
        let identifier = try #require(WireIdentifier(bytes: bytes))
        #expect(identifier.bytes == bytes)
        #expect(identifier.description == "000102030405060708090a0b0c0d0e0f")
        #expect(WireIdentifier(bytes: bytes.dropLast()) == nil)
        #expect(WireIdentifier(bytes: bytes + [16]) == nil)
    }

    @Test func nobodyElseHasIt() {
        #expect(Set((0..<1000).map { _ in WireIdentifier.random() }).count == 1000)
    }
}
