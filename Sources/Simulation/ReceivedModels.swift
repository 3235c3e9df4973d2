import Parameters

/// The models that clients of a recorded run trained from, as they received them: that of the round that is done again, and as many
/// before it as an update may be behind.
struct ReceivedModels: Sendable {
    private let depth: Int
    private var models: [UInt32: ParameterVector] = [:]

    /// - Parameter depth: by how many models an update may be behind.
    init(depth: Int) {
        self.depth = depth
    }

    /// The next round begins with this model.
    mutating func add(_ model: ParameterVector, of round: UInt32) {
        models[round] = model
        models = models.filter { Int(round) - Int($0.key) <= depth }
    }

    /// The model that a round began with; `nil` if none is there that an update could be of.
    subscript(round: UInt32) -> ParameterVector? { models[round] }
}
