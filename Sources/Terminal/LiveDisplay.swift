internal import Synchronization

/// Keeps a block of lines up to date at the bottom of a terminal, with messages above it. Where the stream is no
/// terminal there is no block, and messages are written as they come.
public final class LiveDisplay: Sendable {
    private struct State {
        var region = LiveRegion()
        var lines: [String] = []
        var drawnAt: ContinuousClock.Instant?
        var isOver = false
    }

    public let output: TerminalOutput
    private let now: @Sendable () -> ContinuousClock.Instant
    private let state = Mutex(State())

    /// - Parameter now: the clock.
    public init(
        output: TerminalOutput = .standardError,
        now: @escaping @Sendable () -> ContinuousClock.Instant = { ContinuousClock.now }
    ) {
        self.output = output
        self.now = now
    }

    /// Whether there is a block; if not, the caller writes lines with ``log(_:)`` that tell the same.
    public var isLive: Bool { output.style.redraws }

    /// The columns that a line of the block may take.
    public var columns: Int { max(1, (output.size ?? .fallback).columns - 1) }

    /// Puts `lines` into the block. It is drawn at most ten times a second; the lines that come too soon are drawn with
    /// the next ones, or by ``finish(leaving:)``.
    public func draw(_ lines: [String]) {
        state.withLock { state in
            guard isLive, !state.isOver else { return }
            state.lines = lines
            let instant = now()
            if let drawnAt = state.drawnAt, instant - drawnAt < .milliseconds(100) { return }
            state.drawnAt = instant
            output.write(state.region.draw(lines, size: output.size ?? .fallback, style: output.style))
        }
    }

    /// Writes `message` above the block, where it stays.
    public func log(_ message: String) {
        state.withLock { state in
            guard isLive, !state.isOver else { return output.write(message + "\n") }
            output.write(
                state.region.draw(
                    state.lines, below: [message], size: output.size ?? .fallback, style: output.style))
        }
    }

    /// Ends the display, with the block left as it is or taken away. Messages after this are plain lines.
    public func finish(leaving: Bool = true) {
        state.withLock { state in
            guard isLive, !state.isOver else { return }
            state.isOver = true
            let size = output.size ?? .fallback
            output.write(
                leaving
                    ? state.region.draw(state.lines, size: size, style: output.style)
                    : state.region.erase(size: size))
        }
    }
}
