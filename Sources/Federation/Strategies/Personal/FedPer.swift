public import Parameters
public import Settings

/// FedPer: the first layers of the model are shared and averaged, the last are each client's own and stay with it.
///
/// Client j: joins the round's base W_B to its own layers W_Pj, trains both together, keeps W_Pj and sends W_B. Server:
/// W_B ← Σ nⱼ/n · W_Bj. Every client's own layers begin with those of the initial model.
public struct FedPer: Strategy {
    public static let name = "fedper"
    public static let summary = "layers named here stay with each client; the others are averaged"
    public static let citation =
        "Arivazhagan et al., Federated Learning with Personalization Layers, 2019, Algorithms 1 and 2"
    public static let settings: [Setting] = [
        .personalLayers, .serverLearningRate(), Weighting.setting(default: .examples),
    ]

    public let weighting: Weighting
    private let layers: [String]
    private let serverLearningRate: Double

    public init(_ values: SettingValues) {
        layers = values.names(Setting.personalLayers.name)
        serverLearningRate = values.number("server_learning_rate")
        weighting = Weighting(values)
    }

    public var parts: StrategyParts { StrategyParts(clientVectors: ["head"], personal: .layers(layers)) }

    public func begin(client: inout Parts, initial: ParameterVector) { client.keepHead(of: initial) }

    public func plan(_ broadcast: Parts, _ client: Parts, of model: ParameterLayout) -> LocalPlan {
        LocalPlan(start: broadcast.joined(with: client, in: model))
    }

    public func finish(_ training: LocalTraining, _ broadcast: Parts, update: inout Parts, client: inout Parts) {
        client.keepHead(of: training.model)
        update[vector: "parameters"] = training.model.selecting(update.layout.model)
    }

    public func step(_ server: inout Parts, _ aggregate: Aggregate, _ round: RoundContext) {
        server.move(towards: aggregate.mean[vector: "parameters"], by: serverLearningRate * round.rateFactor)
    }
}

extension Setting {
    static let personalLayers = Setting(
        "personal_layers", .names(upTo: 16), default: .names([PersonalModel.lastLayer]),
        "the layers that stay with each client, as the model calls them: conv1, dense2; or last")
}

extension Parts {
    /// The whole model, of the base in a broadcast and the layers that a client has itself.
    func joined(with client: Parts, in model: ParameterLayout) -> ParameterVector {
        var whole = ParameterVector(zerosFor: model)
        whole.replace(with: self[vector: "model"])
        whole.replace(with: client[vector: "head"])
        return whole
    }

    /// Of a whole model, what a client keeps.
    mutating func keepHead(of whole: ParameterVector) {
        self[vector: "head"] = whole.selecting(layout.model)
    }
}
