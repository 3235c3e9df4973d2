import Settings
import Testing

@Suite struct UnitTests {
    @Test(
        "Rates are numbers with their unit",
        arguments: [("1bit", 1), ("500kbit", 500_000), ("1.5Mbit", 1_500_000), ("10Gbit", 10_000_000_000)])
    func rates(text: String, bits: Int) {
        #expect(BitRate.value(of: text) == bits)
        #expect(BitRate.value(of: BitRate.text(bits)) == bits)
    }

    @Test(
        "Anything else is none",
        arguments: ["", "1", "Mbit", "0bit", "-1Mbit", "1mbit", "1MBit", "1 Mbit", "1e9Gbit", "nanbit"])
    func noRate(text: String) {
        #expect(BitRate.value(of: text) == nil)
    }

    @Test("A setting takes a duration or a rate within its bounds")
    func settings() throws {
        let settings = [
            Setting("wait", .duration(.zero ... .seconds(60)), default: .duration(.seconds(1)), "how long"),
            Setting("up", .either("unlimited", or: .bitRate(1...1_000_000)), default: .word("unlimited"), "how fast"),
        ]
        let values = try SettingValues(settings, texts: [("wait", "1.5s"), ("up", "100kbit")])
        #expect(values.duration("wait") == .milliseconds(1_500) && values.optionalBitRate("up") == 100_000)
        #expect(values.texts.map(\.text) == ["100kbit", "1500ms"])
        #expect(SettingValues(settings).optionalBitRate("up") == nil)
        for (name, text) in [("wait", "61s"), ("wait", "1"), ("up", "2Mbit"), ("up", "fast")] {
            #expect(throws: SettingMistake.self) { try SettingValues(settings, texts: [(name: name, text: text)]) }
        }
    }
}
