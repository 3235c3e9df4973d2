/// How many examples of one class there are, and how many of them a model classifies rightly.
public struct ClassAccuracy: Sendable, Hashable {
    public var correct: Int
    public var count: Int

    public init(correct: Int = 0, count: Int = 0) {
        self.correct = correct
        self.count = count
    }

    /// The share classified rightly, 0 to 1; `nil` without examples.
    public var accuracy: Double? { count == 0 ? nil : Double(correct) / Double(count) }

    public static func += (one: inout ClassAccuracy, other: ClassAccuracy) {
        one.correct += other.correct
        one.count += other.count
    }
}

/// As `[correct, count]`: there is one for each class of each round in a record.
extension ClassAccuracy: Codable {
    public init(from decoder: any Decoder) throws {
        var container = try decoder.unkeyedContainer()
        correct = try container.decode(Int.self)
        count = try container.decode(Int.self)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.unkeyedContainer()
        try container.encode(correct)
        try container.encode(count)
    }
}
