import ArgumentParser

/// What stands in a cell of a sweep's grid.
enum SweepMeasure: String, ExpressibleByArgument, CaseIterable {
    /// The accuracy of the last round, the best of any round, and the rounds to the target.
    case last, best, rounds
}
