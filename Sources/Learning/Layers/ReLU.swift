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
