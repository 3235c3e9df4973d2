import Learning
import Testing

struct ConvolutionTests {
    struct Setting: Sendable, CustomTestStringConvertible {
        var channels: Int
        var height: Int
        var width: Int
        var filters: Int
        var kernel: Int
        var padding: LayerDefinition.Padding
        var examples: Int
        var isFirst = false

        var testDescription: String {
            "\(examples)×\(channels)×\(height)×\(width) to \(filters), \(kernel)×\(kernel) \(padding), first: \(isFirst)"
        }

        var input: ImageShape { ImageShape(channels: channels, height: height, width: width) }

        static let all = [
            Setting(channels: 3, height: 7, width: 6, filters: 5, kernel: 3, padding: .valid, examples: 2),
            Setting(channels: 2, height: 5, width: 8, filters: 9, kernel: 5, padding: .same, examples: 3),
            Setting(channels: 1, height: 9, width: 7, filters: 4, kernel: 3, padding: .valid, examples: 2),
            Setting(
                channels: 1, height: 9, width: 7, filters: 4, kernel: 3, padding: .valid, examples: 2, isFirst: true),
            Setting(
                channels: 1, height: 6, width: 9, filters: 8, kernel: 5, padding: .same, examples: 3, isFirst: true),
            // So large that the examples go in several blocks, of which the last is smaller.
            Setting(channels: 16, height: 13, width: 13, filters: 24, kernel: 3, padding: .valid, examples: 7),
        ]
    }

    @Test("The forward pass is the defining sum", arguments: Setting.all)
    func forward(setting: Setting) {
        let layer = Convolution(
            input: setting.input, filters: setting.filters, kernel: setting.kernel, padding: setting.padding,
            evenOutput: false, isFirst: setting.isFirst)
        let input = Values(random: setting.examples * setting.input.count, stream: 1)
        let weight = Values(random: layer.taps * setting.filters, stream: 2)
        let bias = Values(random: setting.filters, stream: 3)
        let output = Values(setting.examples * layer.output.count)
        let scratch = Values(layer.scratchCount)
        layer.forward(
            examples: setting.examples, input: input.start, weight: weight.start, bias: bias.start,
            output: output.start, scratch: layer.scratch(at: scratch.start))

        let margin = setting.padding == .same ? setting.kernel / 2 : 0
        var place = 0
        for example in 0..<setting.examples {
            for y in 0..<layer.output.height {
                for x in 0..<layer.output.width {
                    for filter in 0..<setting.filters {
                        var sum = Double(bias[filter])
                        for ky in 0..<setting.kernel {
                            for kx in 0..<setting.kernel {
                                let row = y + ky - margin
                                let column = x + kx - margin
                                guard (0..<setting.height).contains(row), (0..<setting.width).contains(column)
                                else { continue }
                                for channel in 0..<setting.channels {
                                    let pixel = (example * setting.height + row) * setting.width + column
                                    let tap = (ky * setting.kernel + kx) * setting.channels + channel
                                    sum +=
                                        Double(input[pixel * setting.channels + channel])
                                        * Double(weight[tap * setting.filters + filter])
                                }
                            }
                        }
                        #expect(abs(Double(output[place]) - sum) < 1e-4)
                        place += 1
                    }
                }
            }
        }
    }

    @Test("The backward pass agrees with finite differences", arguments: Setting.all)
    func backward(setting: Setting) {
        let layer = Convolution(
            input: setting.input, filters: setting.filters, kernel: setting.kernel, padding: setting.padding,
            evenOutput: false, isFirst: setting.isFirst)
        let input = Values(random: setting.examples * setting.input.count, stream: 1)
        let weight = Values(random: layer.taps * setting.filters, stream: 2)
        let bias = Values(random: setting.filters, stream: 3)
        let output = Values(setting.examples * layer.output.count)
        let outputGradient = Values(random: output.count, stream: 4)
        let scratch = Values(layer.scratchCount)
        let inputGradient = Values(input.count)
        let weightGradient = Values(random: weight.count, stream: 5)
        let biasGradient = Values(random: bias.count, stream: 6)

        func backward(accumulate: Bool) {
            layer.backward(
                examples: setting.examples, input: input.start, weight: weight.start,
                outputGradient: outputGradient.start, inputGradient: setting.isFirst ? nil : inputGradient.start,
                weightGradient: weightGradient.start, biasGradient: biasGradient.start, accumulate: accumulate,
                scratch: layer.scratch(at: scratch.start))
        }
        func objective() -> Double {
            layer.forward(
                examples: setting.examples, input: input.start, weight: weight.start, bias: bias.start,
                output: output.start, scratch: layer.scratch(at: scratch.start))
            return output.dot(outputGradient)
        }
        // What was in the gradients before must be overwritten, then added to.
        backward(accumulate: false)
        let once = weightGradient.array
        expectGradient(weightGradient, of: weight, "dW", objective: objective)
        expectGradient(biasGradient, of: bias, "db", objective: objective)
        if !setting.isFirst {
            expectGradient(inputGradient, of: input, "dx", objective: objective)
        }
        backward(accumulate: true)
        for (index, value) in once.enumerated() {
            #expect(abs(weightGradient[index] - 2 * value) <= 1e-5 * (10 + abs(value)))
        }
    }
}
