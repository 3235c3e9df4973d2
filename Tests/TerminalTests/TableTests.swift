import Terminal
import Testing

@Suite struct TableTests {
    let unicode = TerminalStyle(usesUnicode: true)

    private func table() -> Table {
        var table = Table([
            .number("Run", importance: 3), Table.Column("Name", importance: 2, minimumWidth: 6),
            .number("Accuracy", importance: 1), Table.Column("Digest"),
        ])
        table.append(["1", "quickstart", "96.60 %", "0123456789ab"])
        table.append(["12", "dirichlet-alpha", "7 %", "cafe"])
        table.append(["3"])
        return table
    }

    @Test("Columns are aligned, and lines end with text") func natural() {
        let expected = """
            Run  Name             Accuracy  Digest
            ───  ───────────────  ────────  ────────────
              1  quickstart        96.60 %  0123456789ab
             12  dirichlet-alpha       7 %  cafe
              3                             \("")
            """
        #expect(table().lines(width: nil, style: unicode).joined(separator: "\n") == expected)
        #expect(table().lines(width: 44, style: unicode).joined(separator: "\n") == expected)
    }

    @Test("The flexible column gives way first") func cut() {
        #expect(
            table().lines(width: 38, style: .plain) == [
                "Run  Name       Accuracy  Digest", "---  ---------  --------  ------------",
                "  1  quicksta~   96.60 %  0123456789ab", " 12  dirichle~       7 %  cafe",
                "  3                       ",
            ])
    }

    @Test("Then the least important columns go, and are named") func dropped() {
        let lines = table().lines(width: 24, style: unicode)
        #expect(
            lines == [
                "Run  Name       Accuracy", "───  ─────────  ────────", "  1  quicksta…   96.60 %",
                " 12  dirichle…       7 %",
                "  3                     ", "not shown: Digest",
            ])
    }

    @Test("No line is wider than it may be", arguments: 1...60) func width(width: Int) {
        for style in [TerminalStyle.plain, TerminalStyle(redraws: true, usesColor: true, usesUnicode: true)] {
            for line in table().lines(width: width, style: style) {
                #expect(line.columns <= width)
            }
        }
    }

    @Test("Cells are coloured without moving the columns") func colors() {
        var table = Table([Table.Column("A"), .number("B")])
        table.append([Table.Cell("x", .green), Table.Cell("1\u{1B}[2J", .bold)])
        #expect(
            table.lines(width: nil, style: TerminalStyle(usesColor: true)) == [
                "\u{1B}[1mA      B\u{1B}[0m", "\u{1B}[32mx\u{1B}[0m  \u{1B}[1m1\u{FFFD}[2J\u{1B}[0m",
            ])
    }
}
