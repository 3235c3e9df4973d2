import Learning
import Testing

struct DenseTests {
    private let layer = Dense(inputs: 7, outputs: 5)
    private let examples = 3
    private let input = Values(random: 3 * 7, stream: 1)
    private let weight = Values(random: 5 * 7, stream: 2)
    private let bias = Values(random: 5, stream: 3)
    private let output = Values(3 * 5)
    private let outputGradient = Values(random: 3 * 5, stream: 4)

    private func forward() {
        layer.forward(
            examples: examples, input: input.start, weight: weight.start, bias: bias.start, output: output.start)
    }

    @Test("y = x Wᵀ + b")
    func defining() {
        forward()
        for example in 0..<3 {
            for unit in 0..<5 {
                let sum = (0..<7).reduce(bias[unit]) { $0 + input[example * 7 + $1] * weight[unit * 7 + $1] }
                #expect(abs(output[example * 5 + unit] - sum) < 1e-5)
            }
        }
    }

    @Test("The backward pass agrees with finite differences")
    func backward() {
        let inputGradient = Values(input.count)
        let weightGradient = Values(random: weight.count, stream: 5)
        let biasGradient = Values(random: bias.count, stream: 6)
        layer.backward(
            examples: examples, input: input.start, weight: weight.start, outputGradient: outputGradient.start,
            inputGradient: inputGradient.start,
            target: GradientTarget(weight: weightGradient.start, bias: biasGradient.start))
        func objective() -> Double {
            forward()
            return output.dot(outputGradient)
        }
        expectGradient(weightGradient, of: weight, "dW", objective: objective)
        expectGradient(biasGradient, of: bias, "db", objective: objective)
        expectGradient(inputGradient, of: input, "dx", objective: objective)
    }

    @Test("The parameters themselves can be the target, and dx comes from what they were")
    func direct() {
        let gradient = Values(weight.count)
        let biasGradient = Values(bias.count)
        let expectedInput = Values(input.count)
        let inputGradient = Values(input.count)
        layer.backward(
            examples: examples, input: input.start, weight: weight.start, outputGradient: outputGradient.start,
            inputGradient: expectedInput.start,
            target: GradientTarget(weight: gradient.start, bias: biasGradient.start))
        let before = weight.array
        let biasBefore = bias.array
        layer.backward(
            examples: examples, input: input.start, weight: weight.start, outputGradient: outputGradient.start,
            inputGradient: inputGradient.start,
            target: GradientTarget(weight: weight.start, bias: bias.start, alpha: -0.5, beta: 0.75))
        #expect(inputGradient.array == expectedInput.array)
        for index in 0..<weight.count {
            #expect(abs(weight[index] - (0.75 * before[index] - 0.5 * gradient[index])) < 1e-6)
        }
        for index in 0..<bias.count {
            #expect(abs(bias[index] - (0.75 * biasBefore[index] - 0.5 * biasGradient[index])) < 1e-6)
        }
    }
}
