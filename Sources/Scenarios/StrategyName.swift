/// How the updates of a round become the next global model.
public enum StrategyName: String, Sendable, Hashable, CaseIterable {
    /// The mean of the clients' parameters, weighted by their example counts (McMahan et al. 2017, Algorithm 1).
    case fedavg
}
