internal import Parameters

/// A model's layers in the form in which they run: shapes resolved, places in memory known, layers that run together
/// joined. Values between layers lie as `[N, H, W, C]`.
struct Network: ~Copyable {
    /// One layer and where its values lie.
    struct Stage: BitwiseCopyable {
        let layer: Layer
        /// Where input and output begin in ``Workspace``: so many values for each example that it has room for.
        let input: Int
        let output: Int
        /// Where the bytes begin that the layer keeps from its forward for its backward pass, in the same way.
        let notes: Int
        /// Where the weight begins, the bias begins and the bias ends in the parameters; all equal without parameters.
        let weight: Int
        let bias: Int
        let end: Int
        /// Where the copy of the weight begins that a fused convolution reads.
        let derived: Int
    }

    enum Layer: BitwiseCopyable {
        case convolution(Convolution)
        case convolutionPooling(ConvolutionPooling)
        case fusedConvolutionPooling(FusedConvolutionPooling)
        case relu(ReLU)
        case maxPooling(MaxPooling)
        case dense(Dense)
        case fusedDense(FusedDense)
        case dropout(Dropout)
        /// A place for dropout of so many values in an example; input and output are the same memory.
        case dropoutPlace(count: Int)
    }

    let stages: AlignedBuffer<Stage>
    /// How each tensor is laid out here, in the order of the parameter layout.
    let conversions: [TensorConversion]
    let input: ImageShape
    let classes: Int
    /// The number of parameters here, with those that pad tensors, and in the canonical order.
    let parameterCount: Int
    let canonicalCount: Int
    /// Values and bytes that one example takes in a ``Workspace``.
    let valuesPerExample: Int
    let notesPerExample: Int
    /// Values of scratch memory that the largest stage needs.
    let scratchCount: Int
    /// Values of the copies of weights that fused convolutions read.
    let derivedCount: Int
    /// Where the logits begin.
    let logits: Int

    init(_ model: ModelDefinition, kernels: Kernels) {
        var builder = Builder(model: model, kernels: kernels)
        builder.build()
        // A model has a last layer, so there is a first stage.
        stages = AlignedBuffer(count: builder.stages.count, repeating: builder.stages[0])
        for (index, stage) in builder.stages.enumerated() {
            stages.start[index] = stage
        }
        conversions = builder.conversions
        input = model.input
        classes = model.classes
        parameterCount = builder.parameters
        canonicalCount = model.layout.count
        valuesPerExample = builder.values
        notesPerExample = builder.notes
        scratchCount = builder.scratch
        derivedCount = builder.derived
        logits = builder.stages[builder.stages.count - 1].output
    }

    /// Turns canonical parameters into this network's.
    func load(_ canonical: UnsafePointer<Float>, into parameters: UnsafeMutablePointer<Float>) {
        var place = 0
        var canonical = canonical
        for conversion in conversions {
            conversion.load(canonical, into: parameters + place)
            canonical += conversion.canonicalCount
            place += conversion.count
        }
    }

    /// Turns this network's parameters into canonical ones.
    func store(_ parameters: UnsafePointer<Float>, into canonical: UnsafeMutablePointer<Float>) {
        var place = 0
        var canonical = canonical
        for conversion in conversions {
            conversion.store(parameters + place, into: canonical)
            canonical += conversion.canonicalCount
            place += conversion.count
        }
    }
}

extension Network {
    /// Resolves the layers of a model one after the other.
    private struct Builder {
        let model: ModelDefinition
        let version: KernelVersion?
        var stages: [Stage] = []
        var conversions: [TensorConversion] = []
        var values = 0
        var notes = 0
        var scratch = 0
        var derived = 0
        var parameters = 0
        /// The shape that comes to the next layer, and how many of its channels are the model's: the others are zeros.
        private var shape: ImageShape
        private var channels: Int
        private var inputPlace = 0

        init(model: ModelDefinition, kernels: Kernels) {
            self.model = model
            version = if case .fused(let version) = kernels { version } else { nil }
            shape = model.input
            channels = shape.channels
            values = Self.aligned(model.input.count)
        }

        mutating func build() {
            var rest = model.layers[...]
            while let layer = rest.popFirst() {
                let inputs = Extent(channels, room: shape.channels)
                switch layer {
                case .convolution(let filters, let kernel, let padding):
                    let isPooled = rest.starts(with: [.relu, .maxPooling])
                    if isPooled, let version,
                        let stage = FusedConvolutionPooling(
                            input: shape, filters: filters, kernel: kernel, padding: padding, isFirst: stages.isEmpty,
                            version: version)
                    {
                        rest.removeFirst(2)
                        scratch = max(scratch, stage.scratchCount)
                        append(
                            .fusedConvolutionPooling(stage), output: stage.output, channels: filters, hasNotes: true,
                            weight: stage.weightConversion(channels: inputs.used), bias: stage.filters)
                        derived += Self.aligned(stage.derivedCount)
                        continue
                    }
                    let weight = TensorConversion.convolution(
                        outputs: Extent(filters), inputs: inputs, area: kernel * kernel)
                    if isPooled {
                        rest.removeFirst(2)
                        let stage = ConvolutionPooling(
                            input: shape, filters: filters, kernel: kernel, padding: padding, isFirst: stages.isEmpty)
                        scratch = max(scratch, stage.convolution.scratchCount)
                        append(
                            .convolutionPooling(stage), output: stage.output, channels: filters, hasNotes: true,
                            weight: weight, bias: Extent(filters))
                    } else {
                        let stage = Convolution(
                            input: shape, filters: filters, kernel: kernel, padding: padding, evenOutput: false,
                            isFirst: stages.isEmpty)
                        scratch = max(scratch, stage.scratchCount)
                        append(
                            .convolution(stage), output: stage.output, channels: filters, weight: weight,
                            bias: Extent(filters))
                    }
                case .relu:
                    append(.relu(ReLU(count: shape.count)), output: shape)
                case .maxPooling:
                    let stage = MaxPooling(input: shape)
                    append(.maxPooling(stage), output: stage.output, hasNotes: true)
                case .dense(let units):
                    let stage: Layer =
                        if let version {
                            .fusedDense(FusedDense(inputs: shape.count, outputs: units, version: version))
                        } else {
                            .dense(Dense(inputs: shape.count, outputs: units))
                        }
                    append(
                        stage, output: layer.output(for: shape), channels: units,
                        weight: .dense(
                            outputs: Extent(units), channels: inputs, area: shape.height * shape.width),
                        bias: Extent(units))
                case .dropout(nil):
                    // In place: the layers before it ask of what they put out only whether it is above 0.
                    append(.dropoutPlace(count: shape.count), output: shape, hasNotes: true, isInPlace: true)
                case .dropout(let rate?):
                    append(.dropout(Dropout(count: shape.count, rate: rate)), output: shape, hasNotes: true)
                }
            }
        }

        /// Adds a stage; one with a weight has a bias too, and says how many channels of its output are the model's.
        private mutating func append(
            _ layer: Layer, output: ImageShape, channels: Int? = nil, hasNotes: Bool = false,
            isInPlace: Bool = false, weight: TensorConversion? = nil, bias: Extent? = nil
        ) {
            let start = parameters
            let middle = start + (weight?.count ?? 0)
            parameters = middle + (bias?.room ?? 0)
            if let weight, let bias {
                conversions += [weight, .copy(bias)]
            }
            stages.append(
                Stage(
                    layer: layer, input: inputPlace, output: isInPlace ? inputPlace : values, notes: notes,
                    weight: start, bias: middle, end: parameters, derived: derived))
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
}
