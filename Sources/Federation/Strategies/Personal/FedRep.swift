import Learning
public import Parameters
public import Settings

/// FedRep: clients share a representation φ, the first layers of the model, and each has a head hᵢ of its own, which it fits to
/// the round's representation before it changes that.
///
/// Client i: `head_epochs` epochs of steps along ∇ₕ fᵢ(hᵢ, φₜ) with φ standing still, then the round's epochs along ∇φ fᵢ with hᵢ
/// standing still; it keeps hᵢ and sends φᵢ. Server: φₜ₊₁ = mean φᵢ. Every head begins with that of the initial model.
public struct FedRep: PersonalLayersStrategy {
    public static let name = "fedrep"
    public static let summary = "each client fits layers of its own to the shared ones before it trains those"
    public static let citation =
        "Collins et al., Exploiting Shared Representations for Personalized Federated Learning, 2021, Algorithm 1"
    public static let settings: [Setting] = [
        .personalLayers,
        Setting(
            "head_epochs", .wholeNumber(1...1000), default: .wholeNumber(10),
            "τ, how many epochs a client trains its own layers in a round, before the others"),
        .serverLearningRate(), Weighting.setting(default: .uniform),
    ]

    public let weighting: Weighting
    public let personalLayers: [String]
    private let headEpochs: Int
    public let serverLearningRate: Double

    public init(_ values: SettingValues) {
        personalLayers = values.names(Setting.personalLayers.name)
        headEpochs = values.wholeNumber("head_epochs")
        serverLearningRate = values.number("server_learning_rate")
        weighting = Weighting(values)
    }

    public func plan(_ broadcast: Parts, _ client: Parts, of model: ParameterLayout) -> LocalPlan {
        let representation = Set(broadcast.layout.model.layers)
        let head = Set(client.layout.model.layers)
        return LocalPlan(
            start: broadcast.joined(with: client, in: model),
            phases: [
                LocalPlan.Phase(.head, epochs: headEpochs, frozen: representation),
                LocalPlan.Phase(.update, frozen: head),
            ])
    }
}
