import Terminal
import Testing

@Suite struct LineChartTests {
    private func chart(_ values: [Double]) -> LineChart {
        let points = values.enumerated().map { (x: Double($0.offset + 1), y: $0.element) }
        return LineChart(
            [LineChart.Series("accuracy", points)], xName: "round", yName: "Accuracy", yLimits: 0...1, isPercent: true)
    }

    @Test("A straight line in ASCII") func ascii() {
        let lines = chart([0, 0.25, 0.5, 0.75, 1]).lines(width: 30, height: 9, style: .plain)
        #expect(lines.first == "Accuracy")
        #expect(lines.allSatisfy { $0.allSatisfy(\.isASCII) })
    }

    @Test("No line is wider than it may be", arguments: [24, 25, 40, 60, 80, 133])
    func width(width: Int) {
        let styles = [TerminalStyle.plain, TerminalStyle(redraws: true, usesColor: true, usesUnicode: true)]
        for style in styles {
            for count in [1, 2, 3, 10, 99, 1000] {
                let values = (0..<count).map { 1 - 0.9 / Double($0 + 1) }
                let lines = chart(values).lines(width: width, height: 12, style: style)
                #expect(lines.count == 12)
                for line in lines { #expect(line.columns <= width) }
            }
        }
    }

    @Test("Nothing to draw, or no room") func empty() {
        #expect(chart([]).lines(width: 80, height: 12, style: .plain).isEmpty)
        #expect(chart([.nan, .infinity]).lines(width: 80, height: 12, style: .plain).isEmpty)
        #expect(chart([0.5]).lines(width: 20, height: 12, style: .plain).isEmpty)
        #expect(chart([0.5]).lines(width: 80, height: 4, style: .plain).isEmpty)
    }

    @Test(
        "Values that are all alike, huge or tiny",
        arguments: [0, 1, 0.5, 1e-300, -1e9, 1e300, .greatestFiniteMagnitude])
    func flat(value: Double) {
        let points = (1...5).map { (x: Double($0), y: value) }
        let chart = LineChart([LineChart.Series("y", points)], xName: "", yName: "y")
        #expect(!chart.lines(width: 60, height: 10, style: .plain).isEmpty)
    }

    @Test("A loss that explodes is drawn") func exploding() {
        let points = (1...9).map { (x: Double($0), y: [2.3, 1.9, 4e18][$0 % 3]) }
        let chart = LineChart([LineChart.Series("loss", points)], xName: "round", yName: "Loss")
        let lines = chart.lines(width: 60, height: 12, style: .plain)
        #expect(lines.count == 12)
        #expect(lines.contains { $0.hasPrefix("4.00e+18 +") })
        for line in lines { #expect(line.columns <= 60) }
        let endless = [(x: 1.0, y: -Double.greatestFiniteMagnitude), (x: 2.0, y: .greatestFiniteMagnitude)]
        #expect(
            LineChart([LineChart.Series("y", endless)], xName: "", yName: "").lines(
                width: 60, height: 12, style: .plain
            )
            .isEmpty)
    }
}
