import Federation
import Learning
import Parameters
import Terminal

/// How long the exact weighted sum takes for one update, and the division at the end of a round.
struct AggregationMeasurement: BenchMeasurement {
    struct Result: Encodable {
        let model: String
        let parameters: Int
        /// Medians: adding one update, and making the mean.
        let addSeconds: Double
        let meanSeconds: Double
        /// Bytes of updates a second.
        let addBytesPerSecond: Double
        let repeats: Int
    }

    private let model: ModelDefinition
    private let update: ParameterVector
    private var sum: WeightedSum
    private var add = Repeated()
    private var mean = Repeated()

    /// Parameters that one measurement goes through at least, so that the clock can tell.
    private static let leastParameters = 5_000_000

    init(model: ModelDefinition) {
        self.model = model
        update = model.initialParameters(seed: 1)
        sum = WeightedSum(layout: model.layout, population: 60_000)
    }

    mutating func measure() throws {
        let count = max(1, Self.leastParameters / model.layout.count)
        let clock = ContinuousClock()
        sum.reset()
        let start = clock.now
        for _ in 0..<count { try sum.add(update, examples: 10) }
        let middle = clock.now
        for _ in 0..<count { _ = sum.mean() }
        let end = clock.now
        add.note((middle - start) / .seconds(1) / Double(count))
        mean.note((end - middle) / .seconds(1) / Double(count))
    }

    var result: Result {
        Result(
            model: model.name, parameters: model.layout.count, addSeconds: add.median, meanSeconds: mean.median,
            addBytesPerSecond: Double(model.layout.byteCount) / add.median, repeats: add.count)
    }

    static func table(_ results: [Result]) -> Table {
        var table = Table([
            .init("Model"), .number("Parameters"), .number("Add"), .number("Pace"), .number("Mean"),
        ])
        for result in results {
            table.append([
                .init(result.model), .init(NumberFormat.count(result.parameters)),
                .init(NumberFormat.duration(seconds: result.addSeconds)),
                .init(NumberFormat.bytes(perSecond: result.addBytesPerSecond)),
                .init(NumberFormat.duration(seconds: result.meanSeconds)),
            ])
        }
        return table
    }
}
