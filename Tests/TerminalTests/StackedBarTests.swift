import Terminal
import Testing

@Suite struct StackedBarTests {
    @Test("Parts take columns in proportion") func proportion() {
        #expect(StackedBar([1, 1, 2]).line(width: 8, style: .plain) == "00112222")
        #expect(StackedBar([300, 0, 300]).line(width: 6, style: .plain) == "000222")
        #expect(StackedBar([1, 1, 1]).line(width: 4, style: .plain) == "0012")
    }

    @Test("A small part is seen where there is room") func small() {
        #expect(StackedBar([1, 10_000, 1]).line(width: 8, style: .plain) == "01111112")
        #expect(StackedBar([5, 5, 5, 1]).line(width: 3, style: .plain) == "012")
    }

    @Test("Bars of different sums compare") func whole() {
        #expect(StackedBar([10, 10]).line(width: 10, whole: 40, style: .plain) == "00011")
        #expect(StackedBar([1]).line(width: 10, whole: 1000, style: .plain) == "0")
        #expect(StackedBar([100]).line(width: 10, whole: 50, style: .plain) == "0000000000")
    }

    @Test("Nothing is no bar") func empty() {
        #expect(StackedBar([]).line(width: 8, style: .plain) == "")
        #expect(StackedBar([0, 0]).line(width: 8, style: .plain) == "")
        #expect(StackedBar([-4, 4]).line(width: 2, style: .plain) == "11")
        #expect(StackedBar([1, 2]).line(width: 0, style: .plain) == "")
    }

    @Test("A bar has the columns that it was given", arguments: 1...40) func width(width: Int) {
        var value = 12_345
        for count in 1...12 {
            let parts = (0..<count).map { _ in
                value = (value &* 1_103_515_245 &+ 12_345) & 0x7FFF_FFFF
                return value % 1000
            }
            guard parts.contains(where: { $0 > 0 }) else { continue }
            let plain = StackedBar(parts).line(width: width, style: .plain)
            #expect(plain.count == width)
            #expect(plain == String(plain.sorted()), "parts in their order")
            #expect(StackedBar(parts).line(width: width, style: TerminalStyle(usesColor: true)).columns == width)
        }
        #expect(StackedBar([.max, .max]).line(width: width, style: .plain).count == width)
    }

    @Test("With colour each part has its symbol once") func colors() {
        let style = TerminalStyle(usesColor: true)
        #expect(
            StackedBar([3, 1]).line(width: 4, style: style)
                == "\u{1B}[38;5;16;48;5;75m 0 \u{1B}[0m\u{1B}[38;5;16;48;5;215m1\u{1B}[0m")
        #expect(StackedBar.legend(["0", "one"], style: .plain) == "0  1 one")
        #expect(StackedBar.symbol(10) == "a")
        #expect(StackedBar.symbol(36) == "0")
    }
}
