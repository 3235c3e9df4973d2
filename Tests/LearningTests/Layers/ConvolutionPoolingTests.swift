import Learning
import Testing

struct ConvolutionPoolingTests {
    @Test(
        "It does what a convolution, a ReLU and a max-pooling do one after the other",
        arguments: ConvolutionTests.Setting.all)
    func composition(setting: ConvolutionTests.Setting) {
        let fused = ConvolutionPooling(
            input: setting.input, filters: setting.filters, kernel: setting.kernel, padding: setting.padding,
            isFirst: setting.isFirst)
        let convolution = Convolution(
            input: setting.input, filters: setting.filters, kernel: setting.kernel, padding: setting.padding,
            evenOutput: false, isFirst: setting.isFirst)
        let relu = ReLU(count: convolution.output.count)
        let pooling = MaxPooling(input: convolution.output)
        #expect(fused.output == pooling.output)

        let examples = setting.examples
        let input = Values(random: examples * setting.input.count, stream: 1)
        let weight = Values(random: convolution.taps * setting.filters, stream: 2)
        let bias = Values(random: setting.filters, stream: 3)
        let outputGradient = Values(random: examples * fused.output.count, stream: 4)
        let choices = AlignedBuffer<UInt8>(count: outputGradient.count, repeating: 0)
        let scratch = Values(max(fused.convolution.scratchCount, convolution.scratchCount))

        let output = Values(outputGradient.count)
        let inputGradient = Values(input.count)
        let weightGradient = Values(random: weight.count, stream: 5)
        let biasGradient = Values(random: bias.count, stream: 6)
        fused.forward(
            examples: examples, input: input.start, weight: weight.start, bias: bias.start, output: output.start,
            choices: choices.start, scratch: fused.convolution.scratch(at: scratch.start))
        fused.backward(
            examples: examples, input: input.start, weight: weight.start, choices: choices.start,
            outputGradient: outputGradient.start, inputGradient: setting.isFirst ? nil : inputGradient.start,
            weightGradient: weightGradient.start, biasGradient: biasGradient.start, accumulate: false,
            scratch: fused.convolution.scratch(at: scratch.start))

        let convolved = Values(examples * convolution.output.count)
        let rectified = Values(convolved.count)
        let pooled = Values(output.count)
        let rectifiedGradient = Values(convolved.count)
        let convolvedGradient = Values(convolved.count)
        let expectedInput = Values(input.count)
        let expectedWeight = Values(weight.count)
        let expectedBias = Values(bias.count)
        convolution.forward(
            examples: examples, input: input.start, weight: weight.start, bias: bias.start, output: convolved.start,
            scratch: convolution.scratch(at: scratch.start))
        relu.forward(examples: examples, input: convolved.start, output: rectified.start)
        pooling.forward(
            examples: examples, input: rectified.start, output: pooled.start, choices: choices.start)
        pooling.backward(
            examples: examples, choices: choices.start, outputGradient: outputGradient.start,
            inputGradient: rectifiedGradient.start)
        relu.backward(
            examples: examples, output: rectified.start, outputGradient: rectifiedGradient.start,
            inputGradient: convolvedGradient.start)
        convolution.backward(
            examples: examples, input: input.start, weight: weight.start, outputGradient: convolvedGradient.start,
            inputGradient: setting.isFirst ? nil : expectedInput.start, weightGradient: expectedWeight.start,
            biasGradient: expectedBias.start, accumulate: false, scratch: convolution.scratch(at: scratch.start))

        expectClose(output, pooled, "y")
        expectClose(inputGradient, expectedInput, "dx")
        expectClose(weightGradient, expectedWeight, "dW")
        expectClose(biasGradient, expectedBias, "db")
        #expect(output.array.contains { $0 > 0 } && output.array.contains(0) || output.count < 100)
    }

    private func expectClose(_ one: Values, _ other: Values, _ what: String) {
        for (index, pair) in zip(one.array, other.array).enumerated() {
            #expect(abs(pair.0 - pair.1) <= 2e-5 * (1 + abs(pair.1)), "\(what)[\(index)]")
        }
    }
}
