public import Parameters

/// A model: its input, its layers, and so the layout of its parameters. Two are equal when their names are.
public struct ModelDefinition: Sendable {
    /// The name that scenarios use, for example `cnn`.
    public let name: String
    /// The shape of one example.
    public let input: ImageShape
    /// The number of classes: the units of the last layer, which is dense and whose output are the logits.
    public let classes: Int
    public let layers: [LayerDefinition]
    /// Names, shapes and places of the parameters: `conv1.weight`, `conv1.bias`, …, `dense1.weight`, `dense1.bias`, ….
    public let layout: ParameterLayout

    /// Whether it has a place for the dropout of ``TrainingSettings/dropout``.
    public var takesDropout: Bool { layers.contains(.dropout(rate: nil)) }

    /// All models that a scenario can name; the first is the default.
    public static let all: [ModelDefinition] = [
        .cnn, .mcmahanCNN, .mlp2NN, .logistic, .lenet, .mlp128x256,
    ]

    /// The model of that name.
    public static func named(_ name: String) -> ModelDefinition? {
        all.first { $0.name == name }
    }

    /// - Precondition: every layer's output has at least one value, and the last layer is dense.
    public init(name: String, input: ImageShape, layers: [LayerDefinition]) {
        var shape = input
        var tensors: [(name: String, shape: [Int])] = []
        var numbers: [String: Int] = [:]
        for layer in layers {
            let own = layer.kind.tensors(for: shape)
            if !own.isEmpty {
                let prefix = type(of: layer.kind).prefix
                numbers[prefix, default: 0] += 1
                tensors += own.map { ("\(prefix)\(numbers[prefix, default: 0]).\($0.name)", $0.shape) }
            }
            shape = layer.output(for: shape)
            precondition(shape.channels > 0 && shape.height > 0 && shape.width > 0)
        }
        guard let last = layers.last?.kind as? DenseDefinition else {
            preconditionFailure("a model ends with a dense layer")
        }
        self.name = name
        self.input = input
        classes = last.units
        self.layers = layers
        layout = ParameterLayout(tensors)
    }
}

extension ModelDefinition: Hashable {
    public static func == (one: ModelDefinition, other: ModelDefinition) -> Bool {
        one.name == other.name
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(name)
    }
}
