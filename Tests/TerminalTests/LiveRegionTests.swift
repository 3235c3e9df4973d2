import Terminal
import Testing

@Suite struct LiveRegionTests {
    let size = TerminalSize(columns: 40, rows: 10)

    @Test("A block is drawn again in place, and a message goes above it") func draws() {
        var region = LiveRegion()
        var screen = Screen(size)
        screen.feed(region.draw(["one", "two", "three"], size: size, style: .plain))
        #expect(screen.text == "one\ntwo\nthree")
        screen.feed(region.draw(["1"], size: size, style: .plain))
        #expect(screen.text == "1")
        screen.feed(region.draw(["1", "2"], below: ["a message"], size: size, style: .plain))
        #expect(screen.text == "a message\n1\n2")
        screen.feed(region.draw(["3", "4"], below: [String(repeating: "long ", count: 10)], size: size, style: .plain))
        #expect(screen.text == "a message\nlong long long long long long long long\nlong long\n3\n4")
        screen.feed(region.draw(["5"], size: size, style: .plain))
        #expect(screen.text == "a message\nlong long long long long long long long\nlong long\n5")
        #expect(screen.isCursorShown)
        screen.feed(region.erase(size: size))
        #expect(screen.text == "a message\nlong long long long long long long long\nlong long")
    }

    @Test("The cursor is shown and below the block whenever nothing is being drawn") func cursor() {
        var region = LiveRegion()
        var screen = Screen(size)
        for lines in [["a", "b"], ["a", "b", "c"], ["a"], []] {
            screen.feed(region.draw(lines, size: size, style: .plain))
            #expect(screen.isCursorShown)
            #expect(screen.row == lines.count)
            #expect(screen.column == 0)
        }
    }

    @Test("A block that is too large is cut to the screen") func large() {
        var region = LiveRegion()
        var screen = Screen(size)
        for count in [30, 5, 30] {
            let lines = (0..<count).map { "\($0) " + String(repeating: "x", count: 100) }
            screen.feed(region.draw(lines, size: size, style: .plain))
            let shown = screen.text.split(separator: "\n")
            #expect(shown.count == min(count, 9))
            #expect(shown.enumerated().allSatisfy { $0.element.hasPrefix("\($0.offset) ") && $0.element.count == 39 })
        }
    }

    @Test("Where the terminal became narrower, the broken lines are drawn over") func narrower() {
        var region = LiveRegion()
        _ = region.draw([String(repeating: "x", count: 39), "short"], size: size, style: .plain)
        // 39 columns take two rows of 20, the short line one.
        let text = region.draw(["y"], size: TerminalSize(columns: 20, rows: 10), style: .plain)
        #expect(text.contains("\r\u{1B}[3A"))
    }
}
