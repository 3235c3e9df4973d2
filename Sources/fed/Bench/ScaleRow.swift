import ArgumentParser

/// The size of a run that ``ScaleMeasurement`` measures; written as `10000/100/1000`, or `10000/100/in-process`.
struct ScaleRow: Sendable, ExpressibleByArgument {
    static let inProcess = "in-process"

    let population: Int
    let cohort: Int
    /// `nil` if there are none: all in one process.
    let connections: Int?

    init(_ population: Int, _ cohort: Int, connections: Int?) {
        self.population = population
        self.cohort = cohort
        self.connections = connections
    }

    init?(argument: String) {
        let parts = argument.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 3, let population = Int(parts[0]), let cohort = Int(parts[1]),
            1...100_000 ~= population, 1...population ~= cohort
        else { return nil }
        if parts[2] == Self.inProcess {
            self.init(population, cohort, connections: nil)
        } else {
            guard let connections = Int(parts[2]), 1...min(population, 20_000) ~= connections else { return nil }
            self.init(population, cohort, connections: connections)
        }
    }

    /// The cohort grows with the population as it is, then the population with the cohort as it is, then there are many
    /// connections.
    static let standard: [ScaleRow] = [
        ScaleRow(10_000, 10, connections: nil), ScaleRow(10_000, 100, connections: nil),
        ScaleRow(10_000, 1000, connections: nil), ScaleRow(100, 100, connections: nil),
        ScaleRow(10_000, 10, connections: 2), ScaleRow(10_000, 100, connections: 2),
        ScaleRow(10_000, 1000, connections: 2), ScaleRow(100, 100, connections: 2),
        ScaleRow(1000, 100, connections: 2), ScaleRow(1000, 100, connections: 1000),
        ScaleRow(1000, 1000, connections: 1000), ScaleRow(10_000, 100, connections: 1000),
    ]
}
