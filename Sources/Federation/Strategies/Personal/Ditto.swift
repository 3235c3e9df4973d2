import Learning
public import Parameters
public import Settings

/// Ditto: beside the global model, which is FedAvg's, each client k trains a model vₖ of its own that is drawn to it.
///
/// Client: wₖ from the round's model wₜ as in FedAvg; then vₖ ← vₖ − η (∇Fₖ(vₖ) + λ (vₖ − wₜ)) over `personal_epochs` epochs.
/// vₖ begins with the initial model. With λ = 0 each client learns alone; the larger it is, the nearer vₖ stays to wₜ.
public struct Ditto: AveragingStrategy {
    public static let name = "ditto"
    public static let summary = "each client trains a model of its own that is drawn to the global one"
    public static let citation =
        "Li et al., Ditto: Fair and Robust Federated Learning Through Personalization, 2021, Algorithm 1"
    public static let settings: [Setting] = [
        Setting(
            "lambda", .from(0, upTo: 1000), default: 1,
            "λ, how strongly a client's own model is drawn to the global one"),
        Setting(
            "personal_epochs", .wholeNumber(1...1000), default: .wholeNumber(1),
            "how many epochs a client trains its own model in a round"),
        .serverLearningRate(), Weighting.setting(default: .examples),
    ]

    public let weighting: Weighting
    private let lambda: Double
    private let epochs: Int
    public let serverLearningRate: Double

    public init(_ values: SettingValues) {
        lambda = values.number("lambda")
        epochs = values.wholeNumber("personal_epochs")
        serverLearningRate = values.number("server_learning_rate")
        weighting = Weighting(values)
    }

    public var parts: StrategyParts { StrategyParts(clientVectors: ["personal"], personal: .beside) }

    public func begin(client: inout Parts, initial: ParameterVector) {
        client[vector: "personal"] = initial
    }

    public func plan(_ broadcast: Parts, _ client: Parts, of model: ParameterLayout) -> LocalPlan {
        let global = broadcast[vector: "model"]
        let pull = GradientCorrection(alpha: Float(lambda), anchor: lambda == 0 ? nil : global)
        return LocalPlan(
            start: global,
            personal: LocalPlan.Personal(start: client[vector: "personal"], correction: pull, epochs: epochs))
    }

    public func finish(_ training: LocalTraining, _ broadcast: Parts, update: inout Parts, client: inout Parts) {
        if let personal = training.personal { client[vector: "personal"] = personal }
        update[vector: "parameters"] = training.model
    }
}
