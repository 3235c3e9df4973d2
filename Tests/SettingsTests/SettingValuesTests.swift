import Settings
import Testing

@Suite struct SettingValuesTests {
    private static let settings = [
        Setting("size", .either("all", or: .wholeNumber(1...9)), default: .wholeNumber(3), "how many"),
        Setting("norm", .either("none", or: .number(.above(0, upTo: 1))), default: .word("none"), "how long"),
    ]

    @Test("A word may stand in a number's place")
    func either() throws {
        var values = SettingValues(Self.settings)
        #expect(values.optionalWholeNumber("size") == 3 && values.optionalNumber("norm") == nil)
        values = try SettingValues(Self.settings, texts: [("size", "all"), ("norm", "0.5")])
        #expect(values.optionalWholeNumber("size") == nil && values.optionalNumber("norm") == 0.5)
        #expect(try SettingValues(Self.settings, texts: values.texts) == values)
    }

    @Test("Another word may not", arguments: [("size", "none"), ("size", "0"), ("norm", "all"), ("norm", "0")])
    func otherWord(name: String, text: String) {
        #expect(throws: SettingMistake(name: name, text: text)) {
            try SettingValues(Self.settings, texts: [(name: name, text: text)])
        }
    }
}
