public import Parameters
public import RunStore

/// What a run begins with: the initial model, or a model of the run that it branches off.
public struct RunBase: Sendable {
    /// The round that made the model; 0 for the initial one.
    public let round: Int
    public let model: ParameterVector
    /// Which run it branches off; `nil` if none.
    public let branch: RunBranch?

    public init(round: Int, model: ParameterVector, branch: RunBranch?) {
        self.round = round
        self.model = model.rememberingDigest()
        self.branch = branch
    }
}
