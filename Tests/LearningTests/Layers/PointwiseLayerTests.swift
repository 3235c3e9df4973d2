import Learning
import Randomness
import Testing

struct ReLUTests {
    @Test("Forward and backward")
    func passes() {
        let layer = ReLU(count: 21)
        let input = Values(spread: 42, stream: 1)
        let output = Values(42)
        let outputGradient = Values(random: 42, stream: 2)
        let inputGradient = Values(42)
        func objective() -> Double {
            layer.forward(examples: 2, input: input.start, output: output.start)
            return output.dot(outputGradient)
        }
        _ = objective()
        #expect(output.array == input.array.map { max(0, $0) })
        layer.backward(
            examples: 2, output: output.start, outputGradient: outputGradient.start, inputGradient: inputGradient.start)
        expectGradient(inputGradient, of: input, step: 0.02, "dx", objective: objective)
    }
}

struct MaxPoolingTests {
    @Test("Forward and backward, odd sizes too", arguments: [(4, 6), (5, 4), (4, 7), (5, 5)])
    func passes(height: Int, width: Int) {
        let shape = ImageShape(channels: 3, height: height, width: width)
        let layer = MaxPooling(input: shape)
        #expect(layer.output == ImageShape(channels: 3, height: height / 2, width: width / 2))
        let input = Values(spread: 2 * shape.count, stream: 1)
        let output = Values(2 * layer.output.count)
        let choices = AlignedBuffer<UInt8>(count: output.count, repeating: 0)
        let outputGradient = Values(random: output.count, stream: 2)
        let inputGradient = Values(random: input.count, stream: 3)
        func objective() -> Double {
            layer.forward(examples: 2, input: input.start, output: output.start, choices: choices.start)
            return output.dot(outputGradient)
        }
        _ = objective()
        var place = 0
        for example in 0..<2 {
            for y in 0..<height / 2 {
                for x in 0..<width / 2 {
                    for channel in 0..<3 {
                        let window = [(0, 0), (0, 1), (1, 0), (1, 1)].map { dy, dx in
                            input[((example * height + 2 * y + dy) * width + 2 * x + dx) * 3 + channel]
                        }
                        #expect(output[place] == window.max())
                        #expect(window[Int(choices.start[place])] == output[place])
                        place += 1
                    }
                }
            }
        }
        layer.backward(
            examples: 2, choices: choices.start, outputGradient: outputGradient.start,
            inputGradient: inputGradient.start)
        expectGradient(inputGradient, of: input, step: 0.02, "dx", objective: objective)
    }

    @Test("Of equal values the first in reading order gets the gradient")
    func ties() {
        let layer = MaxPooling(input: ImageShape(channels: 1, height: 2, width: 2))
        let input = Values(4)
        input[1] = 3
        input[2] = 3
        let output = Values(1)
        let choices = AlignedBuffer<UInt8>(count: 1, repeating: 0)
        layer.forward(examples: 1, input: input.start, output: output.start, choices: choices.start)
        #expect(output[0] == 3)
        #expect(choices.start[0] == 1)
    }
}

struct DropoutTests {
    @Test("It keeps the share that it should, scales what it keeps, and passes gradients where it kept")
    func passes() {
        let layer = Dropout(count: 10_000, rate: 0.3)
        let input = Values(10_000)
        input.start.update(repeating: 2, count: 10_000)
        let output = Values(10_000)
        let kept = AlignedBuffer<UInt8>(count: 10_000, repeating: 0)
        var stream = RandomStream(seed: 1, purpose: .dropout, round: 2, client: 3)
        layer.forward(
            examples: 1, input: input.start, output: output.start, kept: kept.start, stream: &stream)
        let share = Double(output.array.filter { $0 != 0 }.count) / 10_000
        // Four standard deviations.
        #expect(abs(share - 0.7) < 4 * (0.3 * 0.7 / 10_000).squareRoot())
        #expect(output.array.allSatisfy { $0 == 0 || abs($0 - 2 / 0.7) < 1e-6 })

        let gradient = Values(10_000)
        layer.backward(
            examples: 1, kept: kept.start, outputGradient: input.start, inputGradient: gradient.start)
        // With inputs and gradients alike, y = dx.
        #expect(gradient.array == output.array)

        var again = RandomStream(seed: 1, purpose: .dropout, round: 2, client: 3)
        let repeated = Values(10_000)
        layer.forward(
            examples: 1, input: input.start, output: repeated.start, kept: kept.start, stream: &again)
        #expect(repeated.array == output.array)
    }

    @Test("Rate 0 changes nothing")
    func nothing() {
        let layer = Dropout(count: 100, rate: 0)
        let input = Values(random: 100, stream: 1)
        let output = Values(100)
        let kept = AlignedBuffer<UInt8>(count: 100, repeating: 0)
        var stream = RandomStream(seed: 1, purpose: .dropout)
        layer.forward(
            examples: 1, input: input.start, output: output.start, kept: kept.start, stream: &stream)
        #expect(output.array == input.array)
    }
}
