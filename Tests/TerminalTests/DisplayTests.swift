import Foundation
import Synchronization
import Terminal
import TestSupport
import Testing

/// What the displays write, and when: a clock that the test moves, and a file instead of a terminal.
@Suite struct DisplayTests {
    private final class Clock: Sendable {
        private let instant = Mutex(ContinuousClock.now)
        var now: ContinuousClock.Instant { instant.withLock { $0 } }
        func advance(_ duration: Duration) { instant.withLock { $0 += duration } }
    }

    private let folder: TemporaryFolder
    private let file: FileHandle
    private let clock = Clock()

    init() throws {
        folder = try TemporaryFolder()
        try Data().write(to: URL(filePath: folder.path("out")))
        file = try #require(FileHandle(forWritingAtPath: folder.path("out")))
    }

    private func output(_ style: TerminalStyle) -> TerminalOutput {
        TerminalOutput(descriptor: file.fileDescriptor, style: style)
    }

    private func written() throws -> String {
        String(decoding: try Data(contentsOf: URL(filePath: folder.path("out"))), as: UTF8.self)
    }

    @Test("Without a terminal there is a line after a second, every ten seconds and at the end") func plainProgress()
        throws
    {
        let display = ProgressDisplay("Work", total: 1000, unit: .items("steps"), output: output(.plain)) { [clock] in
            clock.now
        }
        for _ in 0..<250 {
            clock.advance(.milliseconds(100))
            display.advance(by: 4)
        }
        display.finish()
        display.finish()
        display.advance(to: 1000)
        let lines = try written().split(separator: "\n")
        #expect(lines.count == 4)
        #expect(lines.first == "Work: 4 %, 40/1,000 steps, 40/s, 24s left")
        #expect(lines.last == "Work: 100 %, 1,000/1,000 steps, 40/s, in 25.0 s")
    }

    @Test("On a terminal the line is drawn at most ten times a second") func terminalProgress() throws {
        let display = ProgressDisplay(
            "Work", total: 1000, unit: .items("steps"), output: output(TerminalStyle(redraws: true))
        ) { [clock] in clock.now }
        for step in 1...1000 {
            clock.advance(.milliseconds(2))
            display.advance(to: step)
        }
        display.finish()
        let text = try written()
        let drawings = text.split(separator: "\r")
        #expect((15...22).contains(drawings.count))
        #expect(drawings.allSatisfy { $0.hasPrefix("\u{1B}[K") })
        #expect(text.hasSuffix("1,000/1,000 steps  500/s  in 2.00 s\n"))
        #expect(text.count { $0 == "\n" } == 1)
    }

    @Test("Without a terminal a display only writes messages") func plainLive() throws {
        let display = LiveDisplay(output: output(.plain)) { [clock] in clock.now }
        display.draw(["block"])
        display.log("message")
        display.finish()
        #expect(!display.isLive)
        #expect(try written() == "message\n")
    }

    @Test("The last lines are drawn, however soon they came") func lastLines() throws {
        let display = LiveDisplay(output: output(TerminalStyle(redraws: true))) { [clock] in clock.now }
        for number in 1...50 {
            display.draw(["block \(number)"])
            clock.advance(.milliseconds(10))
        }
        display.log("message")
        display.finish()
        display.draw(["too late"])
        display.log("after")
        let text = try written()
        #expect(text.components(separatedBy: "block ").count - 1 == 5 + 2)
        var screen = Screen(.fallback)
        screen.feed(text)
        #expect(screen.text == "message\nblock 50\nafter")
    }
}
