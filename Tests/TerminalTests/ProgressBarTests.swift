import Synchronization
import Terminal
import Testing

@Suite struct ProgressBarTests {
    let start = ContinuousClock.now
    let unicode = TerminalStyle(redraws: true, usesUnicode: true)

    private func halfway() -> ProgressBar {
        var bar = ProgressBar("Epoch 1", total: 60_000, unit: .items("examples"), at: start)
        bar.advance(to: 30_000, at: start + .seconds(5))
        return bar
    }

    @Test("The bar, the amount, the rate, the time left") func line() {
        var bar = halfway()
        #expect(
            bar.line(width: 80, style: .plain)
                == "Epoch 1  ###########------------   50%  30,000/60,000 examples  6,000/s  5s left")
        bar.note = "loss 0.5"
        #expect(
            bar.line(width: 79, style: unicode)
                == "Epoch 1  ██████░░░░░░   50%  30,000/60,000 examples  6,000/s  5s left  loss 0.5")
        #expect(bar.line(width: 200, style: .plain).hasSuffix("5s left  loss 0.5"))
    }

    @Test("No line is wider than it may be, and the time left is the last to go", arguments: 1...120)
    func width(width: Int) {
        var bar = halfway()
        for note in ["", "loss 0.5"] {
            bar.note = note
            for style in [TerminalStyle.plain, unicode, TerminalStyle(usesColor: true)] {
                let line = bar.line(width: width, style: style)
                #expect(line.columns <= width)
                if width >= 40 { #expect(line.contains("5s left")) }
            }
        }
    }

    @Test("The end") func end() {
        var bar = halfway()
        bar.advance(to: 60_000, at: start + .seconds(65))
        #expect(bar.plainLine == "Epoch 1: 100 %, 60,000/60,000 examples, 500/s, in 1m 05s")
    }

    @Test("Without a whole there is no bar") func open() {
        var bar = ProgressBar("Reading", total: nil, unit: .bytes, at: start)
        #expect(bar.line(width: 80, style: .plain) == "Reading  0 B  in 0 s")
        bar.advance(to: 1 << 20, at: start + .seconds(2))
        #expect(bar.line(width: 80, style: .plain) == "Reading  1.00 MiB  512 KiB/s  in 2.00 s")
        #expect(bar.plainLine == "Reading: 1.00 MiB, 512 KiB/s, in 2.00 s")
    }

    @Test("Nothing of nothing is all") func zero() {
        let bar = ProgressBar("Nothing", total: 0, unit: .bytes, at: start)
        #expect(bar.line(width: 60, style: .plain).contains("100%"))
    }

    @Test("The rate is that of the last ten seconds") func rate() throws {
        var bar = ProgressBar("x", total: 1_000_000, unit: .bytes, at: start)
        for second in 1...60 { bar.advance(to: second * 1000, at: start + .seconds(second)) }
        for second in 1...20 { bar.advance(to: 60_000 + second * 10, at: start + .seconds(60 + second)) }
        #expect(abs(try #require(bar.rate) - 10) < 1)
    }
}
