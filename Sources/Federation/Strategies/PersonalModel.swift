public import Parameters

/// Whether the clients of a strategy have models of their own.
public enum PersonalModel: Sendable, Hashable {
    /// All have the global model.
    case none
    /// Each trains a whole model beside the one that it sends.
    case beside
    /// These layers of the model are each client's own, and never leave it; the others are shared.
    case layers([String])

    /// What stands for the model's last layer, whatever its name.
    public static let lastLayer = "last"

    /// Whether a tensor belongs to the layers that are the clients' own.
    func includes(_ tensor: ParameterLayout.Tensor, of model: ParameterLayout) -> Bool {
        guard case .layers(let names) = self else { return false }
        return names.contains(tensor.layer)
            || (names.contains(Self.lastLayer) && tensor.layer == model.tensors.last?.layer)
    }

    /// Why a model cannot be divided like this, as the end of a sentence that begins with the strategy's name; `nil` if it can.
    public func obstacle(with model: ParameterLayout) -> String? {
        guard case .layers(let names) = self else { return nil }
        let layers = model.layers
        if let stranger = names.first(where: { $0 != Self.lastLayer && !layers.contains($0) }) {
            return "is to leave the layer \(stranger) with its clients, but the model's layers are "
                + layers.joined(separator: ", ")
        }
        return model.tensors.allSatisfy { includes($0, of: model) }
            ? "is to leave all layers of the model with its clients, so that nothing would be learnt together" : nil
    }
}
