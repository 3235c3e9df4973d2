internal import Synchronization

/// Shows a ``ProgressBar``: on a terminal it draws one line again and again, at most ten times a second; elsewhere it
/// writes a line after a second, then every ten seconds, and one at the end.
///
/// To be used from one task or many; ends the line when ``finish()`` is called.
public final class ProgressDisplay: Sendable {
    private struct State {
        var bar: ProgressBar
        var nextAt: ContinuousClock.Instant
        var isFinished = false
    }

    private let output: TerminalOutput
    private let now: @Sendable () -> ContinuousClock.Instant
    private let state: Mutex<State>

    /// - Parameters:
    ///   - total: the whole; `nil` where it is not known.
    ///   - now: the clock.
    public init(
        _ label: String, total: Int?, unit: ProgressBar.Unit, output: TerminalOutput = .standardError,
        now: @escaping @Sendable () -> ContinuousClock.Instant = { ContinuousClock.now }
    ) {
        self.output = output
        self.now = now
        let start = now()
        let first = output.style.redraws ? start : start + .seconds(1)
        state = Mutex(State(bar: ProgressBar(label, total: total, unit: unit, at: start), nextAt: first))
    }

    /// Takes notice that `done` of the whole is done, and draws when it is time to.
    public func advance(to done: Int, note: String? = nil) {
        advance(note: note) { _ in done }
    }

    /// Takes notice that `count` more is done, and draws when it is time to.
    public func advance(by count: Int, note: String? = nil) {
        advance(note: note) { $0 + count }
    }

    private func advance(note: String?, _ done: (Int) -> Int) {
        state.withLock { state in
            guard !state.isFinished else { return }
            let instant = now()
            state.bar.advance(to: done(state.bar.done), at: instant)
            if let note { state.bar.note = note }
            guard instant >= state.nextAt else { return }
            state.nextAt = instant + (output.style.redraws ? .milliseconds(100) : .seconds(10))
            draw(state.bar, isLast: false)
        }
    }

    /// Draws a last time and ends the line. Nothing is drawn after this.
    public func finish() {
        state.withLock { state in
            guard !state.isFinished else { return }
            state.isFinished = true
            state.bar.advance(to: state.bar.done, at: now())
            draw(state.bar, isLast: true)
        }
    }

    private func draw(_ bar: ProgressBar, isLast: Bool) {
        if output.style.redraws {
            // The last column stays free: some terminals go to the next line when it is written.
            let width = (output.size ?? .fallback).columns - 1
            output.write("\r\u{1B}[K" + bar.line(width: width, style: output.style) + (isLast ? "\n" : ""))
        } else {
            output.write(bar.plainLine + "\n")
        }
    }
}
