/// An ``Evaluation``, as a whole and class by class; evaluations of parts add up.
public struct ClassEvaluation: Sendable, Hashable {
    /// Of all examples.
    public var total: Evaluation
    /// Of those of each class, by its label.
    public var classes: [ClassAccuracy]

    /// - Parameter classes: how many classes there are.
    public init(classes: Int) {
        total = Evaluation()
        self.classes = [ClassAccuracy](repeating: ClassAccuracy(), count: classes)
    }

    /// - Precondition: both have as many classes.
    public static func += (one: inout ClassEvaluation, other: ClassEvaluation) {
        precondition(one.classes.count == other.classes.count)
        one.total += other.total
        for label in one.classes.indices { one.classes[label] += other.classes[label] }
    }
}
