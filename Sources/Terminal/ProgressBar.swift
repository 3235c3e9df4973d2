import Diagnostics

/// How far something is: a bar with its rate and the time left. Pure: time is handed in, text comes out.
public struct ProgressBar: Sendable {
    /// What is counted.
    public enum Unit: Sendable, Hashable {
        case bytes
        /// So many of something, for example `examples`.
        case items(String)
    }

    public let label: String
    /// The whole; `nil` where it is not known, and then there is no bar and no time left.
    public let total: Int?
    public let unit: Unit
    /// How much is done.
    public private(set) var done = 0
    /// Shown at the end of the line, for example the loss so far.
    public var note = ""

    private let start: ContinuousClock.Instant
    private var last: ContinuousClock.Instant
    /// Moments of the last seconds, oldest first, of which the rate is taken.
    private var samples: [(at: ContinuousClock.Instant, done: Int)]

    public init(_ label: String, total: Int?, unit: Unit, at start: ContinuousClock.Instant) {
        self.label = label
        self.total = total
        self.unit = unit
        self.start = start
        last = start
        samples = [(start, 0)]
    }

    /// Takes notice that `done` of the whole is done.
    public mutating func advance(to done: Int, at instant: ContinuousClock.Instant) {
        self.done = done
        last = max(last, instant)
        // A quarter of a second between samples and ten seconds in all: 40 samples, a rate that is steady and recent.
        guard let newest = samples.last, last - newest.at >= .milliseconds(250) else { return }
        samples.append((last, done))
        while samples.count > 2, last - samples[0].at > .seconds(10) {
            samples.removeFirst()
        }
    }

    /// Units per second over the last ten seconds; `nil` before there is anything to tell it from.
    public var rate: Double? {
        guard let oldest = samples.first else { return nil }
        let seconds = (last - oldest.at).inSeconds
        guard seconds > 0.05, done > oldest.done else { return nil }
        return Double(done - oldest.done) / seconds
    }

    /// Seconds since the start.
    public var elapsed: Duration { last - start }

    private var fraction: Double? {
        total.map { $0 > 0 ? min(1, max(0, Double(done) / Double($0))) : 1 }
    }

    /// The line for a terminal `width` columns wide. What does not fit is left out, the note first, then the rate, then
    /// the amount, then the bar.
    public func line(width: Int, style: TerminalStyle) -> String {
        var parts = [amount]
        if let rate { parts.append(text(rate: rate)) }
        parts.append(timeText)
        if !note.isEmpty { parts.append(note) }

        let percent = fraction.map { NumberFormat.fixed(($0 * 100).rounded(.down), 0).padded(before: 3) + "%" }
        let name = label.withoutControls
        let isOver = total.map { done >= $0 } ?? false
        while true {
            let tail = ([percent].compactMap(\.self) + parts).joined(separator: "  ")
            let room = width - name.columns - tail.columns - 4
            if fraction == nil, room >= -2 {
                return "\(style.text(name, .bold))  \(tail)"
            }
            if let fraction, room >= 10 {
                let bar = Self.bar(fraction, width: min(room, 40), style: style)
                return "\(style.text(name, .bold))  \(style.text(bar, isOver ? .green : .cyan))  \(tail)"
            }
            // The time left is worth more than the rate and the amount.
            if parts.count > 1 {
                parts.remove(at: parts.count > 3 ? 3 : parts.count > 2 ? 1 : 0)
            } else {
                return "\(name)  \(tail)".cut(to: width, style: style)
            }
        }
    }

    /// The line for a log.
    public var plainLine: String {
        var parts: [String] = []
        if let fraction { parts.append(NumberFormat.fixed((fraction * 100).rounded(.down), 0) + " %") }
        parts.append(amount)
        if let rate { parts.append(text(rate: rate)) }
        parts.append(timeText)
        if !note.isEmpty { parts.append(note) }
        return "\(label.withoutControls): \(parts.joined(separator: ", "))"
    }

    private var amount: String {
        switch (unit, total) {
        case (.bytes, let total?): "\(NumberFormat.bytes(done)) of \(NumberFormat.bytes(total))"
        case (.bytes, nil): NumberFormat.bytes(done)
        case (.items(let name), let total?):
            "\(NumberFormat.count(done))/\(NumberFormat.count(total)) \(name)"
        case (.items(let name), nil): "\(NumberFormat.count(done)) \(name)"
        }
    }

    private func text(rate: Double) -> String {
        switch unit {
        case .bytes: NumberFormat.bytes(perSecond: rate)
        case .items:
            rate < 10
                ? NumberFormat.fixed(rate, 1) + "/s"
                : rate < 0x1p53 ? NumberFormat.count(Int(rate)) + "/s" : "-"
        }
    }

    private var timeText: String {
        if let total, done < total {
            guard let rate else { return "--s left" }
            let left = Double(total - done) / rate
            return left < 0x1p31 ? NumberFormat.clock(Int(left.rounded(.up))) + " left" : "--s left"
        }
        return "in " + NumberFormat.duration(elapsed)
    }

    /// A bar of `width` columns: eighths of a block, or `#` and `-` in ASCII.
    static func bar(_ fraction: Double, width: Int, style: TerminalStyle) -> String {
        guard style.usesUnicode else {
            let full = Int(fraction * Double(width))
            return String(repeating: "#", count: full) + String(repeating: "-", count: width - full)
        }
        let eighths = Int(fraction * Double(width * 8))
        let parts = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"]
        let bar = String(repeating: "█", count: eighths / 8) + parts[eighths % 8]
        return bar + String(repeating: "░", count: width - bar.count)
    }
}
