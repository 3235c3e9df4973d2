/// How good a model the experiment is after.
public struct TargetSettings: Sendable, Hashable {
    /// The accuracy on the test set, 0 … 1.
    public var accuracy: Double
    /// After how many rounds a publication reached it, to compare with.
    public var publishedRounds: Int?
    /// Whether the run ends with the first round that reaches it.
    public var stops: Bool

    public init(accuracy: Double, publishedRounds: Int? = nil, stops: Bool = true) {
        self.accuracy = accuracy
        self.stops = stops
        self.publishedRounds = publishedRounds
    }

    /// After how many rounds the target was reached, the way McMahan et al. 2017 count it: the curve is made monotone by its
    /// running maximum, and the crossing is interpolated linearly between two rounds. `nil` if it was not reached.
    ///
    /// - Parameter accuracies: on the test set, after each round from the first.
    public func rounds(in accuracies: [Double]) -> Double? {
        var best: Double?
        for (index, reached) in accuracies.enumerated() {
            if reached >= accuracy {
                guard let best else { return 1 }
                return Double(index) + (accuracy - best) / (reached - best)
            }
            best = max(best ?? reached, reached)
        }
        return nil
    }
}
