import Diagnostics

/// Curves over a common x axis, for example accuracy over rounds: in Braille patterns, two by four dots to a character,
/// or in ASCII.
public struct LineChart: Sendable {
    /// One curve.
    public struct Series: Sendable {
        public let name: String
        /// In the order of x; values that are not finite leave a gap.
        public let points: [(x: Double, y: Double)]

        public init(_ name: String, _ points: [(x: Double, y: Double)]) {
            self.name = name
            self.points = points
        }
    }

    public let series: [Series]
    /// Named at the right end of the x axis.
    public let xName: String
    /// Named above the y axis.
    public let yName: String
    /// What y may be at all; the axis does not go beyond it.
    public let yLimits: ClosedRange<Double>?
    /// Whether y is a fraction that is shown in percent.
    public let isPercent: Bool

    public init(
        _ series: [Series], xName: String, yName: String, yLimits: ClosedRange<Double>? = nil, isPercent: Bool = false
    ) {
        self.series = series
        self.xName = xName
        self.yName = yName
        self.yLimits = yLimits
        self.isPercent = isPercent
    }

    private static let colors: [TerminalStyle.Attribute] = [.cyan, .yellow, .magenta, .green, .red, .blue]

    /// The chart in at most `width` columns and about `height` lines; empty where nothing can be drawn.
    public func lines(width: Int, height: Int, style: TerminalStyle) -> [String] {
        let finite = series.map { $0.points.filter { $0.x.isFinite && $0.y.isFinite } }
        let all = finite.joined()
        guard let x = Self.range(all.map(\.x)), let y = Self.range(all.map(\.y)), width >= 24, height >= 5 else {
            return []
        }
        let rows = max(3, height - 4)
        let scale = isPercent ? 100.0 : 1
        let ticks = AxisTicks(
            y.lowerBound * scale...y.upperBound * scale, count: max(2, rows / 2), widening: true)
        let labels = ticks.values.map { ticks.label($0) + (isPercent ? " %" : "") }
        var low = (ticks.values.first ?? 0) / scale
        var high = (ticks.values.last ?? 1) / scale
        if let yLimits {
            low = max(low, yLimits.lowerBound)
            high = min(high, yLimits.upperBound)
        }
        if high <= low { high = low + 1 }

        let margin = labels.map(\.columns).max() ?? 0
        var plot = Plot(
            columns: width - margin - 2, rows: rows, x: x, y: low...high, isBraille: usesBraille(style))
        for (index, line) in series.enumerated() { plot.draw(line.points, series: index) }

        var rowLabels: [Int: String] = [:]
        for (value, label) in zip(ticks.values, labels)
        where value / scale >= low - 1e-12 && value / scale <= high + 1e-12 {
            rowLabels[plot.row(y: value / scale)] = label
        }
        var lines = [style.text(yName, .bold) + legend(style: style)]
        for row in 0..<rows {
            let axis = style.usesUnicode ? (rowLabels[row] == nil ? "│" : "┤") : (rowLabels[row] == nil ? "|" : "+")
            let label = (rowLabels[row] ?? "").padded(before: margin)
            let content = plot.runs(row: row).map { run in
                run.series.map { style.text(run.text, Self.colors[$0 % Self.colors.count]) } ?? run.text
            }.joined()
            lines.append("\(style.text("\(label) \(axis)", .dim))\(content)")
        }
        return lines + xAxis(plot, x: x, margin: margin, style: style)
    }

    /// Braille curves are told apart by colour alone.
    private func usesBraille(_ style: TerminalStyle) -> Bool {
        style.usesUnicode && (style.usesColor || series.count == 1)
    }

    private func legend(style: TerminalStyle) -> String {
        guard series.count > 1 else { return "" }
        return series.enumerated().map { index, series in
            let mark = usesBraille(style) ? "━" : String(Plot.symbol(index))
            return "  " + style.text(mark, Self.colors[index % Self.colors.count]) + " " + series.name.withoutControls
        }.joined()
    }

    /// The axis with its ticks, and their values below.
    private func xAxis(_ plot: Plot, x: ClosedRange<Double>, margin: Int, style: TerminalStyle) -> [String] {
        let wholeNumbers = series.allSatisfy { $0.points.allSatisfy { !$0.x.isFinite || $0.x == $0.x.rounded() } }
        let ticks = AxisTicks(x, count: max(2, plot.columns / 10), wholeNumbers: wholeNumbers)
        var axis = [String](repeating: style.usesUnicode ? "─" : "-", count: plot.columns)
        var labels = ""
        let offset = margin + 2
        // The first x is worth a tick, if it is not next to one.
        let first = ticks.values.first.map { plot.column(x: $0) > 3 ? [x.lowerBound] : [] } ?? []
        for value in first + ticks.values {
            let column = plot.column(x: value)
            axis[column] = style.usesUnicode ? "┬" : "+"
            let text = ticks.label(value)
            let start = min(max(offset + column - text.count / 2, 0), offset + plot.columns - text.count)
            // A label that would touch the one before it is left out; its tick stays.
            guard labels.isEmpty || start > labels.count else { continue }
            labels = labels.padded(to: start) + text
        }
        let corner = style.usesUnicode ? "└" : "+"
        let line = String(repeating: " ", count: margin + 1) + corner + axis.joined()
        let name = xName.padded(before: offset + plot.columns)
        return [line, labels].map { style.text($0, .dim) } + (xName.isEmpty ? [] : [style.text(name, .dim)])
    }

    private static func range(_ values: [Double]) -> ClosedRange<Double>? {
        guard let low = values.min(), let high = values.max() else { return nil }
        return (high - low).isFinite ? low...high : nil
    }
}
