/// The convolution as a layer on its own, over any number of examples; before a ReLU and a max-pooling,
/// ``ConvolutionPooling`` takes its place.
extension Convolution {
    /// y = x ∗ W + b: `[N, H, W, C]` → `[N, H', W', F]`.
    package func forward(
        examples: Int, input: UnsafePointer<Float>, weight: UnsafePointer<Float>, bias: UnsafePointer<Float>,
        output: UnsafeMutablePointer<Float>, scratch: Scratch
    ) {
        let filters = self.output.channels
        for first in stride(from: 0, to: examples, by: imagesPerBlock) {
            let images = min(imagesPerBlock, examples &- first)
            let block = output + first &* self.output.count
            forward(
                images: images, input: input + first &* self.input.count, weight: weight, output: block,
                scratch: scratch)
            for pixel in 0..<(images &* pixels) {
                let values = block + pixel &* filters
                for filter in 0..<filters {
                    values[filter] += bias[filter]
                }
            }
        }
    }

    /// dx (unless `nil`), dW and db from dy. `accumulate` adds to dW and db instead of setting them.
    package func backward(
        examples: Int, input: UnsafePointer<Float>, weight: UnsafePointer<Float>,
        outputGradient: UnsafePointer<Float>, inputGradient: UnsafeMutablePointer<Float>?,
        weightGradient: UnsafeMutablePointer<Float>, biasGradient: UnsafeMutablePointer<Float>, accumulate: Bool,
        scratch: Scratch
    ) {
        let filters = output.channels
        if !accumulate {
            biasGradient.update(repeating: 0, count: filters)
        }
        for first in stride(from: 0, to: examples, by: imagesPerBlock) {
            let images = min(imagesPerBlock, examples &- first)
            let gradient = outputGradient + first &* output.count
            for pixel in 0..<(images &* pixels) {
                let values = gradient + pixel &* filters
                for filter in 0..<filters {
                    biasGradient[filter] += values[filter]
                }
            }
            backward(
                images: images, input: input + first &* self.input.count, weight: weight, outputGradient: gradient,
                weightGradient: weightGradient, beta: accumulate || first > 0 ? 1 : 0,
                inputGradient: inputGradient.map { $0 + first &* self.input.count }, scratch: scratch)
        }
    }
}
