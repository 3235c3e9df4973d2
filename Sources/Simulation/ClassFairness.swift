/// What becomes of a class of the data in a run.
public struct ClassFairness: Sendable, Hashable, Codable {
    public var label: Int
    /// Its part of the training examples that the clients hold.
    public var dealt: Double
    /// Its part of the examples behind the updates that count; `nil` if none does.
    public var counted: Double?
    /// How many of its training examples are behind the updates that count, in each round again.
    public var examples: Int
    /// How many would be, had all clients had equally many updates that count.
    public var expected: Double
    /// The first as a part of the second: 1 for an equal share; `nil` where there is none to be had.
    public var participation: Double?
    /// The latest model's accuracy on its test examples; `nil` without any.
    public var accuracy: Double?
}
