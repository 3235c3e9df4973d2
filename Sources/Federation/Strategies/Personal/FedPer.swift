public import Parameters
public import Settings

/// FedPer: the first layers of the model are shared and averaged, the last are each client's own and stay with it.
///
/// Client j: joins the round's base W_B to its own layers W_Pj, trains both together, keeps W_Pj and sends W_B. Server:
/// W_B ← Σ nⱼ/n · W_Bj. Every client's own layers begin with those of the initial model.
public struct FedPer: PersonalLayersStrategy {
    public static let name = "fedper"
    public static let summary = "layers named here stay with each client; the others are averaged"
    public static let citation =
        "Arivazhagan et al., Federated Learning with Personalization Layers, 2019, Algorithms 1 and 2"
    public static let settings: [Setting] = [
        .personalLayers, .serverLearningRate(), Weighting.setting(default: .examples),
    ]

    public let weighting: Weighting
    public let personalLayers: [String]
    public let serverLearningRate: Double

    public init(_ values: SettingValues) {
        personalLayers = values.names(Setting.personalLayers.name)
        serverLearningRate = values.number("server_learning_rate")
        weighting = Weighting(values)
    }

    public func plan(_ broadcast: Parts, _ client: Parts, of model: ParameterLayout) -> LocalPlan {
        LocalPlan(start: broadcast.joined(with: client, in: model))
    }
}
