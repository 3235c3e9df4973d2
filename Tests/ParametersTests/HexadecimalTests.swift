import Parameters
import Testing

@Suite struct HexadecimalTests {
    @Test("Every byte is two digits in lower case, and is read from either case")
    func roundTrip() {
        let bytes = Array(UInt8.min...UInt8.max)
        let text = Hexadecimal.text(bytes)
        #expect(text.hasPrefix("000102") && text.hasSuffix("fdfeff") && text.count == 512)
        #expect(Hexadecimal.bytes(text, count: 256) == bytes)
        #expect(Hexadecimal.bytes(text.uppercased(), count: 256) == bytes)
    }

    @Test("What is not so many bytes is none", arguments: ["0", "000", "0000", "0g", " 0", "+1", "0x", "\u{FF11}"])
    func wrong(text: String) {
        #expect(Hexadecimal.bytes(text, count: 1) == nil)
    }
}
