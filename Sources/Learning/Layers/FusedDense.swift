internal import CKernels

/// ``Dense`` by the fused kernels: `[N, inputs]` → `[N, outputs]`, with W `[outputs, inputs]` and b `[outputs]`.
struct FusedDense: BitwiseCopyable {
    let inputs: Int
    let outputs: Int
    private let table: UnsafePointer<fed_kernels>

    init(inputs: Int, outputs: Int, version: KernelVersion) {
        self.inputs = inputs
        self.outputs = outputs
        table = version.table
    }

    func forward(
        examples: Int, input: UnsafePointer<Float>, weight: UnsafePointer<Float>, bias: UnsafePointer<Float>,
        output: UnsafeMutablePointer<Float>
    ) {
        table.pointee.dense_forward(examples, inputs, outputs, input, weight, bias, output)
    }

    /// dx (unless `nil`), dW and db from dy; `accumulate` adds to dW and db instead of setting them.
    func backward(
        examples: Int, input: UnsafePointer<Float>, weight: UnsafePointer<Float>,
        outputGradient: UnsafePointer<Float>, inputGradient: UnsafeMutablePointer<Float>?,
        weightGradient: UnsafeMutablePointer<Float>, biasGradient: UnsafeMutablePointer<Float>, accumulate: Bool
    ) {
        table.pointee.dense_backward(
            examples, inputs, outputs, input, weight, outputGradient, inputGradient, weightGradient, biasGradient,
            nil, nil, accumulate ? fed_update_add : fed_update_set, 1, 0)
    }

    /// dx (unless `nil`), formed from the weight as it is, and then the step itself:
    /// W ← `keep` · W − `rate` · dW, and b likewise, plus constants of their own unless those are `nil`.
    func backwardAndStep(
        examples: Int, input: UnsafePointer<Float>, weight: UnsafeMutablePointer<Float>,
        bias: UnsafeMutablePointer<Float>, outputGradient: UnsafePointer<Float>,
        inputGradient: UnsafeMutablePointer<Float>?, weightConstants: UnsafePointer<Float>?,
        biasConstants: UnsafePointer<Float>?, keep: Float, rate: Float
    ) {
        table.pointee.dense_backward(
            examples, inputs, outputs, input, weight, outputGradient, inputGradient, weight, bias, weightConstants,
            biasConstants, fed_update_step, keep, rate)
    }
}

extension FusedDense: LayerFusion {
    static func build(_ layers: ArraySlice<LayerDefinition>, _ builder: inout NetworkBuilder) -> Int {
        guard let version = builder.version, let definition = layers.first?.kind as? DenseDefinition else { return 0 }
        definition.append(
            .fusedDense(FusedDense(inputs: builder.shape.count, outputs: definition.units, version: version)),
            to: &builder)
        return 1
    }

    /// Where the bias begins in the parameters.
    private var biasPlace: Int { inputs &* outputs }

    func forward(_ pass: borrowing ForwardPass) {
        forward(
            examples: pass.examples, input: pass.input, weight: pass.parameters, bias: pass.parameters + biasPlace,
            output: pass.output)
    }

    func backward(_ pass: borrowing BackwardPass) -> Bool {
        guard let direct = pass.direct else {
            backward(
                examples: pass.examples, input: pass.input, weight: pass.parameters,
                outputGradient: pass.outputGradient, inputGradient: pass.wantedInputGradient,
                weightGradient: pass.parameterGradient, biasGradient: pass.parameterGradient + biasPlace,
                accumulate: pass.accumulate)
            return false
        }
        backwardAndStep(
            examples: pass.examples, input: pass.input, weight: pass.parameters, bias: pass.parameters + biasPlace,
            outputGradient: pass.outputGradient, inputGradient: pass.wantedInputGradient,
            weightConstants: direct.constants, biasConstants: direct.constants.map { $0 + biasPlace },
            keep: direct.keep, rate: direct.rate)
        return true
    }
}
