/// Resolves the layers of a model into the stages of a ``Network``, one after the other.
struct NetworkBuilder {
    /// The fused kernels, where they are to be used.
    let version: KernelVersion?
    private(set) var stages: [Network.Stage] = []
    private(set) var conversions: [TensorConversion] = []
    private(set) var values = 0
    private(set) var notes = 0
    private(set) var scratch = 0
    private(set) var derived = 0
    private(set) var parameterCount = 0
    /// The shape that comes to the next layer, with channels of zeros that a padded layer before puts out.
    private(set) var shape: ImageShape
    /// How many of its channels are the model's.
    private var channels: Int
    private var inputPlace = 0

    init(kernels: Kernels, input: ImageShape) {
        version = if case .fused(let version) = kernels { version } else { nil }
        shape = input
        channels = input.channels
        values = Self.aligned(input.count)
    }

    /// The channels that come to the next layer.
    var inputs: Extent { Extent(channels, room: shape.channels) }

    /// Whether nobody will ask for the gradient of the next layer's input.
    var isFirst: Bool { stages.isEmpty }

    mutating func build(_ layers: [LayerDefinition]) {
        var rest = layers[...]
        while let layer = rest.first {
            if let count = fuse(rest) {
                rest.removeFirst(count)
            } else {
                layer.kind.build(&self)
                rest.removeFirst()
            }
        }
    }

    /// Adds the first fusion that there is for what `layers` begins with; how many layers it takes.
    private mutating func fuse(_ layers: ArraySlice<LayerDefinition>) -> Int? {
        for fusion in Network.fusions {
            let count = fusion.build(layers, &self)
            if count > 0 { return count }
        }
        return nil
    }

    /// Adds a stage.
    ///
    /// - Parameters:
    ///   - output: its shape, with channels of zeros.
    ///   - channels: how many of its channels are the model's; `nil`: as many as of its input.
    ///   - hasNotes: whether it keeps a byte for each output for the backward pass.
    ///   - isInPlace: whether the output is the memory of the input.
    ///   - parameters: how its tensors lie, in their order.
    ///   - scratch: values of memory that it needs for itself.
    ///   - derived: values that it makes of its parameters.
    mutating func append(
        _ layer: Network.Layer, output: ImageShape, channels: Int? = nil, hasNotes: Bool = false,
        isInPlace: Bool = false, parameters: [TensorConversion] = [], scratch: Int = 0, derived: Int = 0
    ) {
        let end = parameterCount + parameters.reduce(0) { $0 + $1.count }
        stages.append(
            Network.Stage(
                layer: layer, input: inputPlace, output: isInPlace ? inputPlace : values, notes: notes,
                parameters: parameterCount, end: end, derived: self.derived))
        parameterCount = end
        conversions += parameters
        self.scratch = max(self.scratch, scratch)
        self.derived += Self.aligned(derived)
        if !isInPlace {
            inputPlace = values
            values += Self.aligned(output.count)
        }
        notes += hasNotes ? Self.aligned(output.count) : 0
        shape = output
        self.channels = channels ?? self.channels
    }

    /// Rounded up so that, for any number of examples, what follows begins at a cache line.
    private static func aligned(_ count: Int) -> Int {
        let step = AlignedBuffer<UInt8>.alignment
        return (count + step - 1) / step * step
    }
}
