/// A convolution, its bias, a ReLU and a 2×2 max-pooling as one layer: `[N, H, W, C]` → `[N, ⌊H'/2⌋, ⌊W'/2⌋, F]`.
///
/// The convolution's outputs never leave the cache: a block of images is convolved into scratch memory and pooled from
/// there. max(relu(a + b), relu(c + b)) = relu(max(a, c) + b), so bias and ReLU work on a quarter of the values.
/// What the backward pass must know of the forward pass is one byte a cell.
package struct ConvolutionPooling: BitwiseCopyable {
    package let convolution: Convolution
    package let output: ImageShape

    /// The choice that stands for a cell that the ReLU made 0; the others are the window's values in reading order.
    private static var none: UInt8 { 4 }

    package init(input: ImageShape, filters: Int, kernel: Int, padding: LayerDefinition.Padding, isFirst: Bool) {
        convolution = Convolution(
            input: input, filters: filters, kernel: kernel, padding: padding, evenOutput: true, isFirst: isFirst)
        output = LayerDefinition.maxPooling.output(for: convolution.output)
    }

    /// y, and which value of its window each cell of it is (`choices`, as many as `output`).
    package func forward(
        examples: Int, input: UnsafePointer<Float>, weight: UnsafePointer<Float>, bias: UnsafePointer<Float>,
        output: UnsafeMutablePointer<Float>, choices: UnsafeMutablePointer<UInt8>, scratch: Convolution.Scratch
    ) {
        let perBlock = convolution.imagesPerBlock
        for first in stride(from: 0, to: examples, by: perBlock) {
            let images = min(perBlock, examples &- first)
            convolution.forward(
                images: images, input: input + first &* convolution.input.count, weight: weight,
                output: scratch.outputs, scratch: scratch)
            pool(
                images: images, convolved: scratch.outputs, bias: bias, output: output + first &* self.output.count,
                choices: choices + first &* self.output.count)
        }
    }

    /// dx (unless `nil`), dW and db from dy. `accumulate` adds to dW and db instead of setting them.
    package func backward(
        examples: Int, input: UnsafePointer<Float>, weight: UnsafePointer<Float>, choices: UnsafePointer<UInt8>,
        outputGradient: UnsafePointer<Float>, inputGradient: UnsafeMutablePointer<Float>?,
        weightGradient: UnsafeMutablePointer<Float>, biasGradient: UnsafeMutablePointer<Float>, accumulate: Bool,
        scratch: Convolution.Scratch
    ) {
        let perBlock = convolution.imagesPerBlock
        if !accumulate {
            biasGradient.update(repeating: 0, count: output.channels)
        }
        for first in stride(from: 0, to: examples, by: perBlock) {
            let images = min(perBlock, examples &- first)
            spread(
                images: images, gradient: outputGradient + first &* output.count,
                choices: choices + first &* output.count, biasGradient: biasGradient, into: scratch.outputs)
            convolution.backward(
                images: images, input: input + first &* convolution.input.count, weight: weight,
                outputGradient: scratch.outputs, weightGradient: weightGradient,
                beta: accumulate || first > 0 ? 1 : 0,
                inputGradient: inputGradient.map { $0 + first &* convolution.input.count }, scratch: scratch)
        }
    }

    /// Bias, ReLU and max-pooling of a block.
    private func pool(
        images: Int, convolved: UnsafePointer<Float>, bias: UnsafePointer<Float>,
        output: UnsafeMutablePointer<Float>, choices: UnsafeMutablePointer<UInt8>
    ) {
        let filters = self.output.channels
        let row = convolution.output.width &* filters
        var window = convolved
        var cell = 0
        // The convolution's height and width are even, so the rows of a block go on from image to image.
        for _ in 0..<(images &* self.output.height) {
            for _ in 0..<self.output.width {
                let corners = MaxPooling.Corners(of: window, rowStride: row, channels: filters)
                let values = output + cell
                let choice = choices + cell
                for filter in 0..<filters {
                    let (largest, place) = corners.maximum(filter)
                    let value = largest + bias[filter]
                    values[filter] = value > 0 ? value : 0
                    choice[filter] = value > 0 ? place : Self.none
                }
                window += 2 &* filters
                cell &+= filters
            }
            window += row
        }
    }

    /// The gradient of a block's convolution outputs, all of it written, and its sum over the pixels added to db.
    private func spread(
        images: Int, gradient: UnsafePointer<Float>, choices: UnsafePointer<UInt8>,
        biasGradient: UnsafeMutablePointer<Float>, into convolved: UnsafeMutablePointer<Float>
    ) {
        let filters = output.channels
        let row = convolution.output.width &* filters
        var window = convolved
        var cell = 0
        for _ in 0..<(images &* output.height) {
            for _ in 0..<output.width {
                let values = gradient + cell
                let choice = choices + cell
                MaxPooling.spread(
                    gradient: values, choices: choice, channels: filters, into: window, rowStride: row)
                for filter in 0..<filters {
                    let value = values[filter]
                    biasGradient[filter] += choice[filter] == Self.none ? 0 : value
                }
                window += 2 &* filters
                cell &+= filters
            }
            window += row
        }
    }
}

extension ConvolutionPooling: LayerFusion {
    static func build(_ layers: ArraySlice<LayerDefinition>, _ builder: inout NetworkBuilder) -> Int {
        guard let definition = ConvolutionDefinition(pooled: layers) else { return 0 }
        let stage = ConvolutionPooling(
            input: builder.shape, filters: definition.filters, kernel: definition.kernel, padding: definition.padding,
            isFirst: builder.isFirst)
        builder.append(
            .convolutionPooling(stage), output: stage.output, channels: definition.filters, hasNotes: true,
            parameters: Convolution.conversions(
                filters: definition.filters, inputs: builder.inputs, kernel: definition.kernel),
            scratch: stage.convolution.scratchCount)
        return 3
    }

    func forward(_ pass: borrowing ForwardPass) {
        forward(
            examples: pass.examples, input: pass.input, weight: pass.parameters,
            bias: pass.parameters + convolution.biasPlace, output: pass.output, choices: pass.notes,
            scratch: convolution.scratch(at: pass.scratch))
    }

    func backward(_ pass: borrowing BackwardPass) -> Bool {
        backward(
            examples: pass.examples, input: pass.input, weight: pass.parameters, choices: pass.notes,
            outputGradient: pass.outputGradient, inputGradient: pass.wantedInputGradient,
            weightGradient: pass.parameterGradient, biasGradient: pass.parameterGradient + convolution.biasPlace,
            accumulate: pass.accumulate, scratch: convolution.scratch(at: pass.scratch))
        return false
    }
}

extension ConvolutionDefinition {
    /// The convolution that `layers` begins with, if a ReLU and a max-pooling follow it.
    init?(pooled layers: ArraySlice<LayerDefinition>) {
        guard let first = layers.first?.kind as? ConvolutionDefinition,
            layers.dropFirst().starts(with: [.relu, .maxPooling])
        else { return nil }
        self = first
    }
}
