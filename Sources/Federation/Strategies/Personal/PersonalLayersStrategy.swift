public import Parameters
import Settings

/// A strategy that averages some layers of the model, the base, and leaves the others, the head, with each client.
public protocol PersonalLayersStrategy: AveragingStrategy {
    /// The layers of the head, as the model calls them, or ``PersonalModel/lastLayer``.
    var personalLayers: [String] { get }
}

extension PersonalLayersStrategy {
    public var parts: StrategyParts { StrategyParts(clientVectors: ["head"], personal: .layers(personalLayers)) }

    public func begin(client: inout Parts, initial: ParameterVector) { client.keepHead(of: initial) }

    public func finish(_ training: LocalTraining, _ broadcast: Parts, update: inout Parts, client: inout Parts) {
        client.keepHead(of: training.model)
        update[vector: "parameters"] = training.model.selecting(update.layout.model)
    }
}

extension Setting {
    static let personalLayers = Setting(
        "personal_layers", .names(upTo: 16), default: .names([PersonalModel.lastLayer]),
        "the layers that stay with each client, as the model calls them: conv1, dense2; or last")
}

extension Parts {
    /// The whole model, of the base in a broadcast and the head that a client remembers.
    func joined(with client: Parts, in model: ParameterLayout) -> ParameterVector {
        var whole = ParameterVector(zerosFor: model)
        whole.replace(with: self[vector: "model"])
        whole.replace(with: client[vector: "head"])
        return whole
    }

    /// Of a whole model, what a client keeps.
    fileprivate mutating func keepHead(of whole: ParameterVector) {
        self[vector: "head"] = whole.selecting(layout.model)
    }
}
