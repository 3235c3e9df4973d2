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
