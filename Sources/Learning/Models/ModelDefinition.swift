public import Parameters

/// A model: its input, its layers, and so the layout of its parameters.
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

    /// - Precondition: every layer's output has at least one value, and the last layer is dense.
    public init(name: String, input: ImageShape, layers: [LayerDefinition]) {
        guard let model = ModelDefinition(whereItFits: name, input: input, layers: layers) else {
            preconditionFailure("a layer of \(name) has no output for images of \(input)")
        }
        self = model
    }

    /// `nil` where a layer's output would have no value.
    ///
    /// - Precondition: the last layer is dense.
    init?(whereItFits name: String, input: ImageShape, layers: [LayerDefinition]) {
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
            guard shape.channels > 0 && shape.height > 0 && shape.width > 0 else { return nil }
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
        one.name == other.name && one.input == other.input && one.layers == other.layers
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(name)
        hasher.combine(input)
        hasher.combine(layers)
    }
}

// For MNIST, and digits like it.
extension ModelDefinition {
    public static let cnn = onMNIST(.cnn)
    public static let mcmahanCNN = onMNIST(.mcmahanCNN)
    public static let mlp2NN = onMNIST(.mlp2NN)
    public static let logistic = onMNIST(.logistic)
    public static let lenet = onMNIST(.lenet)
    public static let mlp128x256 = onMNIST(.mlp128x256)

    /// All of ``ModelArchitecture/all``.
    public static let allOnMNIST = ModelArchitecture.all.map(onMNIST)

    /// The one of that name.
    public static func onMNIST(named name: String) -> ModelDefinition? {
        allOnMNIST.first { $0.name == name }
    }

    private static func onMNIST(_ architecture: ModelArchitecture) -> ModelDefinition {
        ModelDefinition(name: architecture.name, input: .mnist, layers: architecture.layers(10))
    }
}
