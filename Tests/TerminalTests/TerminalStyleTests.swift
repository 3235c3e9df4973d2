import Terminal
import Testing

@Suite struct TerminalStyleTests {
    private func style(_ isTerminal: Bool, _ environment: [String: String]) -> TerminalStyle {
        TerminalStyle(isTerminal: isTerminal) { environment[$0] }
    }

    @Test("Colour needs a terminal that is not dumb, and no NO_COLOR") func color() {
        #expect(style(true, ["TERM": "xterm"]).usesColor)
        #expect(style(true, [:]).usesColor)
        #expect(style(true, ["NO_COLOR": ""]).usesColor)
        #expect(!style(true, ["NO_COLOR": "0"]).usesColor)
        #expect(style(true, ["NO_COLOR": "1"]).redraws)
        #expect(!style(true, ["TERM": "dumb"]).usesColor)
        #expect(!style(true, ["TERM": "dumb"]).redraws)
        #expect(!style(false, ["TERM": "xterm"]).usesColor)
        #expect(!style(false, ["TERM": "xterm"]).redraws)
    }

    @Test("The first locale variable that is set decides") func unicode() {
        #expect(style(false, ["LANG": "C.UTF-8"]).usesUnicode)
        #expect(style(false, ["LANG": "de_DE.utf8"]).usesUnicode)
        #expect(!style(false, ["LANG": "C.UTF-8", "LC_ALL": "C"]).usesUnicode)
        #expect(style(false, ["LANG": "C", "LC_CTYPE": "C.UTF-8", "LC_ALL": ""]).usesUnicode)
        #expect(!style(true, [:]).usesUnicode)
    }

    @Test func text() {
        let color = TerminalStyle(usesColor: true)
        #expect(color.text("x", .bold, .red) == "\u{1B}[1;31mx\u{1B}[0m")
        #expect(color.text("x", .foreground(16), .background(75)) == "\u{1B}[38;5;16;48;5;75mx\u{1B}[0m")
        #expect(color.text("x") == "x")
        #expect(color.text("", .bold) == "")
        #expect(TerminalStyle.plain.text("x", .bold) == "x")
    }
}
