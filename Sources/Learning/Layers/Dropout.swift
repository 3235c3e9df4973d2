package import Randomness

/// Inverted dropout (Srivastava et al. 2014, scaled in training rather than in evaluation); any shape.
package struct Dropout: BitwiseCopyable {
    /// Values in one example.
    package let count: Int
    /// The probability that a value is dropped, in [0, 1).
    package let rate: Float

    package init(count: Int, rate: Float) {
        precondition(rate >= 0 && rate < 1)
        self.count = count
        self.rate = rate
    }

    /// y = x / (1 − rate) where a value is kept, else 0; `kept` notes which are (1 or 0). One draw of `stream` a value.
    package func forward(
        examples: Int, input: UnsafePointer<Float>, output: UnsafeMutablePointer<Float>,
        kept: UnsafeMutablePointer<UInt8>, stream: inout RandomStream
    ) {
        let scale = 1 / (1 - rate)
        for index in 0..<(examples &* count) {
            let keep = stream.uniformFloat() >= rate
            kept[index] = keep ? 1 : 0
            output[index] = keep ? input[index] * scale : 0
        }
    }

    /// dx = dy / (1 − rate) where the value was kept, else 0.
    package func backward(
        examples: Int, kept: UnsafePointer<UInt8>, outputGradient: UnsafePointer<Float>,
        inputGradient: UnsafeMutablePointer<Float>
    ) {
        let scale = 1 / (1 - rate)
        for index in 0..<(examples &* count) {
            let gradient = outputGradient[index] * scale
            inputGradient[index] = kept[index] != 0 ? gradient : 0
        }
    }
}
