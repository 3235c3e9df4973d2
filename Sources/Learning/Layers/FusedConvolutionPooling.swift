internal import CKernels

/// ``ConvolutionPooling`` by the fused kernels: `[N, H, W, C]` → `[N, ⌊H'/2⌋, ⌊W'/2⌋, F]`.
///
/// Weights are `[kh, kw, F]` for one channel, `[F, kh, kw, C]` for more. Filters are padded to a multiple of 16: those of
/// zeros give outputs of zeros, which the ReLU stops, so that none of their gradients is anything but 0.
struct FusedConvolutionPooling: BitwiseCopyable {
    let output: ImageShape
    let filters: Extent
    private let training: fed_convolution
    /// The same in larger tiles, where there are any: faster, and precise enough where no gradient depends on it.
    private let inference: fed_convolution
    private let table: UnsafePointer<fed_kernels>

    /// `nil` for a shape that the kernels do not cover.
    ///
    /// - Parameters:
    ///   - input: what comes in, with the channels of zeros that a padded layer before puts out.
    ///   - isFirst: nobody will ask for the input's gradient.
    init?(
        input: ImageShape, filters: Int, kernel: Int, padding: LayerDefinition.Padding, isFirst: Bool,
        version: KernelVersion
    ) {
        let isCovered = input.channels == 1 ? isFirst : input.channels % 16 == 0
        guard isCovered, kernel == 3 || kernel == 5 else { return nil }
        self.filters = Extent(inWholeVectors: filters)
        let full = LayerDefinition.convolution(filters: self.filters.room, kernel: kernel, padding: padding)
            .output(for: input)
        output = LayerDefinition.maxPooling.output(for: full)
        training = fed_convolution(
            height: input.height, width: input.width, channels: input.channels, filters: self.filters.room,
            kernel: kernel, padding: padding == .same ? kernel / 2 : 0, tile: 2, pooled_height: output.height,
            pooled_width: output.width)
        var inference = training
        if kernel == 5 { inference.tile = 4 }
        self.inference = inference
        table = version.table
    }

    /// How the weight lies here, where so many of the input's channels are the model's.
    private func weightConversion(channels: Int) -> TensorConversion {
        let area = training.kernel * training.kernel
        let inputs = Extent(channels, room: training.channels)
        return training.channels == 1
            ? .convolution(outputs: filters, inputs: inputs, area: area)
            : .dense(outputs: filters, channels: inputs, area: area)
    }

    /// Values of the copy of the weight that the forward pass reads.
    var derivedCount: Int { largest(fed_derived_count) }
    /// Values of scratch memory that the functions need.
    var scratchCount: Int { largest(fed_scratch_count) }

    private func largest(_ count: (UnsafePointer<fed_convolution>) -> Int) -> Int {
        max(withUnsafePointer(to: training, count), withUnsafePointer(to: inference, count))
    }

    /// Makes the copy of the weight that the forward pass reads, in training or in inference.
    func prepare(
        weight: UnsafePointer<Float>, derived: UnsafeMutablePointer<Float>, scratch: UnsafeMutablePointer<Float>,
        isTraining: Bool
    ) {
        withUnsafePointer(to: isTraining ? training : inference) {
            table.pointee.convolution_prepare($0, weight, derived, scratch)
        }
    }

    /// y and, in training, which value of its window each cell of it is (`choices`, as many as `output`); `nil` in
    /// inference.
    func forward(
        examples: Int, input: UnsafePointer<Float>, derived: UnsafePointer<Float>, bias: UnsafePointer<Float>,
        output: UnsafeMutablePointer<Float>, choices: UnsafeMutablePointer<UInt8>?,
        scratch: UnsafeMutablePointer<Float>
    ) {
        withUnsafePointer(to: choices == nil ? inference : training) {
            table.pointee.convolution_forward($0, examples, input, derived, bias, output, choices, scratch)
        }
    }

    /// dx (unless `nil`), dW and db from dy. `accumulate` adds to dW and db instead of setting them.
    func backward(
        examples: Int, input: UnsafePointer<Float>, weight: UnsafePointer<Float>, choices: UnsafePointer<UInt8>,
        outputGradient: UnsafePointer<Float>, inputGradient: UnsafeMutablePointer<Float>?,
        weightGradient: UnsafeMutablePointer<Float>, biasGradient: UnsafeMutablePointer<Float>, accumulate: Bool,
        scratch: UnsafeMutablePointer<Float>
    ) {
        withUnsafePointer(to: training) {
            table.pointee.convolution_backward(
                $0, examples, input, weight, choices, outputGradient, inputGradient, weightGradient, biasGradient,
                accumulate, scratch)
        }
    }
}

extension FusedConvolutionPooling: LayerFusion {
    static func build(_ layers: ArraySlice<LayerDefinition>, _ builder: inout NetworkBuilder) -> Int {
        guard let version = builder.version, let definition = ConvolutionDefinition(pooled: layers),
            let stage = FusedConvolutionPooling(
                input: builder.shape, filters: definition.filters, kernel: definition.kernel,
                padding: definition.padding, isFirst: builder.isFirst, version: version)
        else { return 0 }
        builder.append(
            .fusedConvolutionPooling(stage), output: stage.output, channels: definition.filters, hasNotes: true,
            parameters: [stage.weightConversion(channels: builder.inputs.used), .copy(stage.filters)],
            scratch: stage.scratchCount, derived: stage.derivedCount)
        return 3
    }

    /// Where the bias begins in the parameters.
    private var biasPlace: Int { filters.room &* training.channels &* training.kernel &* training.kernel }

    func prepare(_ pass: borrowing PreparationPass) {
        prepare(
            weight: pass.parameters, derived: pass.derived, scratch: pass.scratch, isTraining: pass.isTraining)
    }

    func forward(_ pass: borrowing ForwardPass) {
        forward(
            examples: pass.examples, input: pass.input, derived: pass.derived, bias: pass.parameters + biasPlace,
            output: pass.output, choices: pass.isTraining ? pass.notes : nil, scratch: pass.scratch)
    }

    func backward(_ pass: borrowing BackwardPass) -> Bool {
        backward(
            examples: pass.examples, input: pass.input, weight: pass.parameters, choices: pass.notes,
            outputGradient: pass.outputGradient, inputGradient: pass.wantedInputGradient,
            weightGradient: pass.parameterGradient, biasGradient: pass.parameterGradient + biasPlace,
            accumulate: pass.accumulate, scratch: pass.scratch)
        return false
    }
}
