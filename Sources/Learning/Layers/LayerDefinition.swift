/// One layer of a ``ModelDefinition``. A layer takes the shape that the one before it gives; a dense layer takes
/// whatever comes as one row of values, in the order `[C, H, W]`.
public enum LayerDefinition: Sendable, Hashable {
    /// A convolution of stride 1 with bias; `kernel` is the side of the square kernel.
    case convolution(filters: Int, kernel: Int, padding: Padding)
    /// max(0, x).
    case relu
    /// The maximum of each 2×2 window, stride 2. An odd last row or column is left out.
    case maxPooling
    /// y = W x + b.
    case dense(units: Int)
    /// In training each value is 0 with probability `rate`, else divided by 1 − `rate`; in evaluation nothing happens.
    /// With `nil` this is a place for it: the rate is ``TrainingSettings/dropout``.
    case dropout(rate: Float?)

    /// What a convolution sees beyond its input's edges.
    public enum Padding: Sendable, Hashable {
        /// Nothing: the output is smaller by `kernel` − 1.
        case valid
        /// Zeros: the output is as large as the input; `kernel` must be odd.
        case same
    }

    /// The shape of the output for an input of shape `input`.
    package func output(for input: ImageShape) -> ImageShape {
        switch self {
        case .convolution(let filters, let kernel, let padding):
            let lost = padding == .valid ? kernel - 1 : 0
            return ImageShape(channels: filters, height: input.height - lost, width: input.width - lost)
        case .relu, .dropout:
            return input
        case .maxPooling:
            return ImageShape(channels: input.channels, height: input.height / 2, width: input.width / 2)
        case .dense(let units):
            return ImageShape(channels: units, height: 1, width: 1)
        }
    }

    /// The shapes of weight and bias for an input of shape `input`, in the canonical order; `nil` for a layer that has
    /// no parameters.
    func parameterShapes(for input: ImageShape) -> (weight: [Int], bias: [Int])? {
        switch self {
        case .convolution(let filters, let kernel, _): ([filters, input.channels, kernel, kernel], [filters])
        case .dense(let units): ([units, input.count], [units])
        case .relu, .maxPooling, .dropout: nil
        }
    }

    /// How the canonical names of the layer's tensors begin.
    var namePrefix: String {
        switch self {
        case .convolution: "conv"
        case .dense: "dense"
        case .relu: "relu"
        case .maxPooling: "pool"
        case .dropout: "dropout"
        }
    }
}
