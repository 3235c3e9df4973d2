public import Parameters
import Settings

/// A strategy whose server goes towards the updates' mean, as that of FedAvg: w ← w + η (mean − w).
public protocol AveragingStrategy: Strategy {
    /// η of the server's step.
    var serverLearningRate: Double { get }
}

extension AveragingStrategy {
    public func step(_ server: inout Parts, _ aggregate: Aggregate, _ round: RoundContext) {
        server.move(towards: aggregate.mean[vector: "parameters"], by: serverLearningRate * round.rateFactor)
    }
}

extension Setting {
    /// η of the server's step, where 1 is plain averaging.
    static func serverLearningRate(default standard: Double = 1) -> Setting {
        Setting(
            "server_learning_rate", .above(0, upTo: 1000), default: standard,
            "η of the server's step: how far the model goes towards what the clients' mean says")
    }
}

extension Parts {
    /// w ← w + rate · (mean − w); with a rate of 1 the mean itself, to the last bit. Tensors that the mean does not have stay as
    /// they are.
    mutating func move(towards mean: ParameterVector, by rate: Double) {
        var moved = mean
        if rate != 1 {
            moved.apply(self[vector: "model"].selecting(mean.layout)) { mean, model in model + rate * (mean - model) }
        }
        if moved.layout == layout.model {
            self[vector: "model"] = moved
        } else {
            self[vector: "model"].replace(with: moved)
        }
    }
}
