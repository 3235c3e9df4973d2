/// Loss and accuracy over some examples, as sums: evaluations of parts add up.
public struct Evaluation: Sendable, Hashable {
    /// The sum of the examples' cross-entropies.
    public var lossSum: Double
    /// The number of examples classified rightly.
    public var correct: Int
    /// The number of examples.
    public var count: Int

    public init(lossSum: Double = 0, correct: Int = 0, count: Int = 0) {
        self.lossSum = lossSum
        self.correct = correct
        self.count = count
    }

    /// Mean cross-entropy; 0 over no examples.
    public var loss: Double { count == 0 ? 0 : lossSum / Double(count) }

    /// The share classified rightly, 0 to 1; 0 over no examples.
    public var accuracy: Double { count == 0 ? 0 : Double(correct) / Double(count) }

    public static func + (one: Evaluation, other: Evaluation) -> Evaluation {
        Evaluation(
            lossSum: one.lossSum + other.lossSum, correct: one.correct + other.correct, count: one.count + other.count)
    }

    public static func += (one: inout Evaluation, other: Evaluation) {
        one = one + other
    }
}
