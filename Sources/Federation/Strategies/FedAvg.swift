public import Parameters

/// Federated averaging: wₜ₊₁ = Σ nₖ/n · wₖ over the cohort (McMahan et al., "Communication-Efficient Learning of Deep
/// Networks from Decentralized Data", 2017, Algorithm 1).
///
/// Deviation from the paper: n counts the examples of the clients that reported, not of the whole cohort, so that a
/// client's absence does not shrink the model.
public struct FedAvg: Strategy {
    public init() {}

    public func step(global: ParameterVector, mean: ParameterVector) -> ParameterVector {
        mean
    }
}
