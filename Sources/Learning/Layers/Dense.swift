extension LayerDefinition {
    /// y = W x + b.
    public static func dense(units: Int) -> LayerDefinition { LayerDefinition(DenseDefinition(units: units)) }
}

struct DenseDefinition: LayerKind {
    static let prefix = "dense"

    let units: Int

    func output(for input: ImageShape) -> ImageShape { ImageShape(channels: units, height: 1, width: 1) }

    func tensors(for input: ImageShape) -> [TensorDefinition] {
        [.weight([units, input.count], fanIn: input.count, fanOut: units), .bias(units)]
    }

    func build(_ builder: inout NetworkBuilder) {
        append(.dense(Dense(inputs: builder.shape.count, outputs: units)), to: &builder)
    }

    /// Adds a stage that computes it.
    func append(_ stage: Network.Layer, to builder: inout NetworkBuilder) {
        builder.append(
            stage, output: output(for: builder.shape), channels: units,
            parameters: [
                .dense(
                    outputs: Extent(units), channels: builder.inputs,
                    area: builder.shape.height * builder.shape.width),
                .copy(Extent(units)),
            ])
    }
}

/// y = x Wᵀ + b: `[N, inputs]` → `[N, outputs]`, with W `[outputs, inputs]` and b `[outputs]`.
package struct Dense: BitwiseCopyable {
    package let inputs: Int
    package let outputs: Int

    package init(inputs: Int, outputs: Int) {
        self.inputs = inputs
        self.outputs = outputs
    }

    package func forward(
        examples: Int, input: UnsafePointer<Float>, weight: UnsafePointer<Float>, bias: UnsafePointer<Float>,
        output: UnsafeMutablePointer<Float>
    ) {
        for example in 0..<examples {
            (output + example &* outputs).update(from: bias, count: outputs)
        }
        BLAS.multiply(
            rows: examples, columns: outputs, depth: inputs, .init(input, stride: inputs),
            .init(weight, stride: inputs, transposed: true), into: output, beta: 1)
    }

    /// dx = dy W, and dW = dyᵀ x, db = Σ dy added into `target`.
    ///
    /// dx is formed before W changes, so `target` may be the parameters themselves.
    ///
    /// - Parameter inputGradient: dx `[N, inputs]`, or `nil` where nobody needs it.
    package func backward(
        examples: Int, input: UnsafePointer<Float>, weight: UnsafePointer<Float>,
        outputGradient: UnsafePointer<Float>, inputGradient: UnsafeMutablePointer<Float>?, target: GradientTarget
    ) {
        if let inputGradient {
            BLAS.multiply(
                rows: examples, columns: inputs, depth: outputs, .init(outputGradient, stride: outputs),
                .init(weight, stride: inputs), into: inputGradient)
        }
        BLAS.multiply(
            rows: outputs, columns: inputs, depth: examples,
            .init(outputGradient, stride: outputs, transposed: true), .init(input, stride: inputs),
            into: target.weight, alpha: target.alpha, beta: target.beta)
        let bias = target.bias
        let alpha = target.alpha
        let beta = target.beta
        for output in 0..<outputs {
            bias[output] = beta == 0 ? 0 : beta * bias[output]
        }
        for example in 0..<examples {
            let gradient = outputGradient + example &* outputs
            for output in 0..<outputs {
                bias[output] += alpha * gradient[output]
            }
        }
    }
}

extension Dense: LayerStage {
    /// Where the bias begins in the parameters.
    private var biasPlace: Int { inputs &* outputs }

    func forward(_ pass: borrowing ForwardPass) {
        forward(
            examples: pass.examples, input: pass.input, weight: pass.parameters, bias: pass.parameters + biasPlace,
            output: pass.output)
    }

    func backward(_ pass: borrowing BackwardPass) -> Bool {
        // A matrix product adds one thing to its target, not a constant besides.
        let direct = pass.direct?.constants == nil ? pass.direct : nil
        let start = direct == nil ? pass.parameterGradient : pass.parameters
        let kept: Float = pass.accumulate ? 1 : 0
        let target = GradientTarget(
            weight: start, bias: start + biasPlace, alpha: direct.map { -$0.rate } ?? 1, beta: direct?.keep ?? kept)
        backward(
            examples: pass.examples, input: pass.input, weight: pass.parameters, outputGradient: pass.outputGradient,
            inputGradient: pass.wantedInputGradient, target: target)
        return direct != nil
    }
}
