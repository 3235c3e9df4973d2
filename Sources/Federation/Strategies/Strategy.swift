public import Parameters

/// How the updates of a round become the next global model.
///
/// The shells sum the updates, weighted by their examples, while they arrive (``WeightedSum``); a strategy sees the mean.
public protocol Strategy: Sendable {
    /// The next global model wₜ₊₁ from the one that the round began with and the weighted mean of what its clients
    /// trained.
    mutating func step(global: ParameterVector, mean: ParameterVector) -> ParameterVector
}

/// The strategies that a scenario can name.
public enum StrategyName: String, Sendable, Hashable, CaseIterable {
    /// The mean of the clients' parameters, weighted by their example counts (McMahan et al. 2017, Algorithm 1).
    case fedavg

    /// The strategy, at the start of a run.
    public func makeStrategy() -> any Strategy {
        switch self {
        case .fedavg: FedAvg()
        }
    }
}
