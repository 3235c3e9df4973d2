public import Learning
public import Parameters
public import Settings

/// SCAFFOLD: control variates c of the server and cᵢ of each client correct the drift of clients whose data differ.
///
/// A client steps along g − cᵢ + c, and afterwards, with K steps of length η (option II):
/// cᵢ⁺ = cᵢ − c + (x − yᵢ) / (K η). It sends yᵢ and the change cᵢ⁺ − cᵢ. The server: x ← x + ηg · mean(yᵢ − x),
/// c ← c + |S|/N · mean(cᵢ⁺ − cᵢ), N being the whole population. All control variates begin with zero.
///
/// The paper takes steps of plain SGD. With momentum K is what the steps are worth, ``LocalTraining/effectiveSteps``, so that
/// (x − yᵢ) / (K η) is a mean of the client's gradients all the same.
public struct Scaffold: Strategy {
    public static let name = "scaffold"
    public static let summary = "control variates of server and clients correct the clients' drift"
    public static let citation =
        "Karimireddy et al., SCAFFOLD: Stochastic Controlled Averaging for Federated Learning, 2020, Algorithm 1"
    public static let settings: [Setting] = [.serverLearningRate(), Weighting.setting(default: .uniform)]

    public let weighting: Weighting
    private let serverLearningRate: Double

    public init(_ values: SettingValues) {
        serverLearningRate = values.number("server_learning_rate")
        weighting = Weighting(values)
    }

    public var parts: StrategyParts {
        StrategyParts(
            serverVectors: ["control"], broadcast: ["control"], updateVectors: ["parameters", "control_change"],
            clientVectors: ["control"])
    }

    public func obstacle(to training: TrainingSettings) -> String? {
        if case .sgd = training.optimizer { return nil }
        return "finds the clients' gradients from their steps of SGD, with momentum or without: optimizer: sgd"
    }

    public func correction(_ broadcast: Parts, _ client: Parts) -> GradientCorrection {
        let offset = broadcast[vector: "control"].combined(with: client[vector: "control"]) { server, client in
            server - client
        }
        return GradientCorrection(alpha: 0, anchor: nil, offset: offset)
    }

    public func finish(_ training: LocalTraining, _ broadcast: Parts, update: inout Parts, client: inout Parts) {
        let scale = 1 / (training.effectiveSteps * training.learningRate)
        var change = training.start.combined(with: training.model) { start, trained in (start - trained) * scale }
        change.apply(broadcast[vector: "control"]) { change, control in change - control }
        client[vector: "control"].apply(change) { control, change in control + change }
        update[vector: "parameters"] = training.model
        update[vector: "control_change"] = change
    }

    public func step(_ server: inout Parts, _ aggregate: Aggregate, _ round: RoundContext) {
        server.move(towards: aggregate.mean[vector: "parameters"], by: serverLearningRate * round.rateFactor)
        let share = Double(aggregate.count) / Double(round.clients)
        server[vector: "control"].apply(aggregate.mean[vector: "control_change"]) { control, change in
            control + share * change
        }
    }
}
