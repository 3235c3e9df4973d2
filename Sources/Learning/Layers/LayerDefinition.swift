/// One layer of a ``ModelDefinition``. A layer takes the shape that the one before it gives; a dense layer takes
/// whatever comes as one row of values, in the order `[C, H, W]`.
///
/// Each kind of layer is one file, which adds a static member here that makes it.
public struct LayerDefinition: Sendable {
    let kind: any LayerKind

    init(_ kind: some LayerKind) {
        self.kind = kind
    }

    /// The shape of the output for an input of shape `input`.
    package func output(for input: ImageShape) -> ImageShape { kind.output(for: input) }
}

extension LayerDefinition: Hashable {
    public static func == (one: LayerDefinition, other: LayerDefinition) -> Bool {
        AnyHashable(one.kind) == AnyHashable(other.kind)
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(AnyHashable(kind))
    }
}

/// What a layer of a model is: shapes and parameters. Its file has the ``LayerStage`` that computes it, too, and
/// ``Network/Layer`` names that; nothing else has to know of a layer.
protocol LayerKind: Sendable, Hashable {
    /// How the canonical names of the layer's tensors begin; the layer's number among those of this prefix follows.
    static var prefix: String { get }
    /// The shape of the output for an input of shape `input`.
    func output(for input: ImageShape) -> ImageShape
    /// Its parameters for an input of shape `input`, in the canonical order.
    func tensors(for input: ImageShape) -> [TensorDefinition]
    /// Adds the stage that computes it.
    func build(_ builder: inout NetworkBuilder)
}

extension LayerKind {
    func tensors(for input: ImageShape) -> [TensorDefinition] { [] }
}

/// A tensor of a layer's parameters.
struct TensorDefinition {
    /// What it begins as.
    enum Initialisation {
        case zeros
        /// Uniform, in bounds by the values that one output depends on and by those that one input has an effect on.
        case uniform(fanIn: Int, fanOut: Int)
    }

    /// Follows the layer's name: `weight` of `conv1` is `conv1.weight`.
    let name: String
    let shape: [Int]
    let initialisation: Initialisation

    static func weight(_ shape: [Int], fanIn: Int, fanOut: Int) -> TensorDefinition {
        TensorDefinition(name: "weight", shape: shape, initialisation: .uniform(fanIn: fanIn, fanOut: fanOut))
    }

    static func bias(_ count: Int) -> TensorDefinition {
        TensorDefinition(name: "bias", shape: [count], initialisation: .zeros)
    }
}
