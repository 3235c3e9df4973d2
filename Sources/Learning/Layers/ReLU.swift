extension LayerDefinition {
    /// max(0, x).
    public static let relu = LayerDefinition(ReLUDefinition())
}

struct ReLUDefinition: LayerKind {
    static let prefix = "relu"

    func output(for input: ImageShape) -> ImageShape { input }

    func build(_ builder: inout NetworkBuilder) {
        builder.append(.relu(ReLU(count: builder.shape.count)), output: builder.shape)
    }
}

/// max(0, x), value by value; any shape.
package struct ReLU: BitwiseCopyable {
    /// Values in one example.
    package let count: Int

    package init(count: Int) {
        self.count = count
    }

    /// y = max(0, x) for `examples` examples. A NaN becomes 0.
    package func forward(
        examples: Int, input: UnsafePointer<Float>, output: UnsafeMutablePointer<Float>
    ) {
        for index in 0..<(examples &* count) {
            let value = input[index]
            output[index] = value > 0 ? value : 0
        }
    }

    /// dx = dy where y > 0, else 0. `output` is what ``forward(examples:input:output:)`` gave.
    package func backward(
        examples: Int, output: UnsafePointer<Float>, outputGradient: UnsafePointer<Float>,
        inputGradient: UnsafeMutablePointer<Float>
    ) {
        for index in 0..<(examples &* count) {
            let gradient = outputGradient[index]
            inputGradient[index] = output[index] > 0 ? gradient : 0
        }
    }
}

extension ReLU: LayerStage {
    func forward(_ pass: borrowing ForwardPass) {
        forward(examples: pass.examples, input: pass.input, output: pass.output)
    }

    func backward(_ pass: borrowing BackwardPass) -> Bool {
        backward(
            examples: pass.examples, output: pass.output, outputGradient: pass.outputGradient,
            inputGradient: pass.inputGradient)
        return false
    }
}
