import Terminal

/// One line of a benchmark: something that can be measured again and again.
protocol BenchMeasurement: Sendable {
    /// What is printed, as JSON or as a row of ``table(_:)``.
    associatedtype Result: Encodable

    /// Measures once more.
    mutating func measure() async throws

    /// What all measurements so far come to.
    var result: Result { get }

    /// For people: a row for each result.
    static func table(_ results: [Result]) -> Table
}
