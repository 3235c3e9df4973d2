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
        /// Where its parameters begin and end; equal where it has none.
        let parameters: Int
        let end: Int
        /// Where begins what it makes of its parameters for the forward pass.
        let derived: Int
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
    /// Values of what stages make of their parameters.
    let derivedCount: Int
    /// Where the logits begin.
    let logits: Int

    init(_ model: ModelDefinition, kernels: Kernels) {
        var builder = NetworkBuilder(kernels: kernels, input: model.input)
        builder.build(model.layers)
        // A model has a last layer, so there is a first stage.
        stages = AlignedBuffer(count: builder.stages.count, repeating: builder.stages[0])
        for (index, stage) in builder.stages.enumerated() {
            stages.start[index] = stage
        }
        conversions = builder.conversions
        input = model.input
        classes = model.classes
        parameterCount = builder.parameterCount
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
