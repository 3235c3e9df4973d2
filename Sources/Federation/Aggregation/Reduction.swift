/// How the updates of a round become one.
public enum Reduction: Sendable {
    /// Their weighted mean: summed exactly as they come, in the memory of one update.
    case mean
    /// A rule that has to see all of them.
    case rule(any RobustRule)
}
