extension LayerDefinition {
    /// What a convolution sees beyond its input's edges.
    public enum Padding: Sendable, Hashable {
        /// Nothing: the output is smaller by `kernel` − 1.
        case valid
        /// Zeros: the output is as large as the input; `kernel` must be odd.
        case same
    }

    /// A convolution of stride 1 with bias; `kernel` is the side of the square kernel.
    public static func convolution(filters: Int, kernel: Int, padding: Padding) -> LayerDefinition {
        LayerDefinition(ConvolutionDefinition(filters: filters, kernel: kernel, padding: padding))
    }
}

struct ConvolutionDefinition: LayerKind {
    static let prefix = "conv"

    let filters: Int
    let kernel: Int
    let padding: LayerDefinition.Padding

    func output(for input: ImageShape) -> ImageShape {
        let lost = padding == .valid ? kernel - 1 : 0
        return ImageShape(channels: filters, height: input.height - lost, width: input.width - lost)
    }

    func tensors(for input: ImageShape) -> [TensorDefinition] {
        let area = kernel * kernel
        return [
            .weight(
                [filters, input.channels, kernel, kernel], fanIn: input.channels * area, fanOut: filters * area),
            .bias(filters),
        ]
    }

    func build(_ builder: inout NetworkBuilder) {
        let stage = Convolution(
            input: builder.shape, filters: filters, kernel: kernel, padding: padding, evenOutput: false,
            isFirst: builder.isFirst)
        builder.append(
            .convolution(stage), output: stage.output, channels: filters,
            parameters: Convolution.conversions(filters: filters, inputs: builder.inputs, kernel: kernel),
            scratch: stage.scratchCount)
    }
}

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

extension Convolution: LayerStage {
    /// How weight and bias lie here.
    static func conversions(filters: Int, inputs: Extent, kernel: Int) -> [TensorConversion] {
        [
            .convolution(outputs: Extent(filters), inputs: inputs, area: kernel * kernel),
            .copy(Extent(filters)),
        ]
    }

    /// Where the bias begins in the parameters.
    var biasPlace: Int { taps &* output.channels }

    func forward(_ pass: borrowing ForwardPass) {
        forward(
            examples: pass.examples, input: pass.input, weight: pass.parameters, bias: pass.parameters + biasPlace,
            output: pass.output, scratch: scratch(at: pass.scratch))
    }

    func backward(_ pass: borrowing BackwardPass) -> Bool {
        backward(
            examples: pass.examples, input: pass.input, weight: pass.parameters, outputGradient: pass.outputGradient,
            inputGradient: pass.wantedInputGradient, weightGradient: pass.parameterGradient,
            biasGradient: pass.parameterGradient + biasPlace, accumulate: pass.accumulate,
            scratch: scratch(at: pass.scratch))
        return false
    }
}
