import Terminal
import Testing

@Suite struct TextWidthTests {
    let unicode = TerminalStyle(usesUnicode: true)

    @Test(
        "Columns of text",
        arguments: [
            ("", 0), ("abc", 3), ("é", 1), ("e\u{301}", 1), ("漢字", 4), ("한", 2), ("⣿█", 2), ("👍🏽", 2), ("❤️", 2),
            ("\u{1B}[1;31mred\u{1B}[0m", 3), ("\u{1B}[", 0), ("a\u{200B}b", 2),
        ])
    func columns(text: String, columns: Int) {
        #expect(text.columns == columns)
    }

    @Test("Text is cut to columns, with its mark and its colours closed") func cut() {
        #expect("abcdef".cut(to: 6, style: unicode) == "abcdef")
        #expect("abcdef".cut(to: 4, style: unicode) == "abc…")
        #expect("abcdef".cut(to: 4, style: .plain) == "abc~")
        #expect("漢字漢字".cut(to: 4, style: unicode) == "漢…")
        #expect("\u{1B}[31mabcdef\u{1B}[0m".cut(to: 3, style: unicode) == "\u{1B}[31mab…\u{1B}[0m")
        #expect("abc".cut(to: 0, style: unicode) == "")
        for width in 0..<12 {
            #expect("a漢b字\u{1B}[1mc👍d\u{1B}[0me".cut(to: width, style: unicode).columns <= width)
        }
    }

    @Test("Padding counts columns") func padded() {
        #expect("漢".padded(to: 4) == "漢  ")
        #expect("\u{1B}[1mx\u{1B}[0m".padded(before: 3) == "  \u{1B}[1mx\u{1B}[0m")
        #expect("abc".padded(to: 2) == "abc")
    }

}
