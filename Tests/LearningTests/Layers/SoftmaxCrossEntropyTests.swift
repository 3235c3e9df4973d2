import Foundation
import Learning
import Testing

struct SoftmaxCrossEntropyTests {
    private let layer = SoftmaxCrossEntropy(classes: 4)

    private func forward(_ logits: Values, _ labels: [UInt8]) -> (lossSum: Double, correct: Int) {
        layer.forward(examples: labels.count, logits: logits.start, labels: labels)
    }

    @Test("Loss and gradient agree with finite differences")
    func gradient() {
        let logits = Values(random: 12, stream: 1)
        let labels: [UInt8] = [2, 0, 3]
        let gradient = Values(12)
        let both = layer.forwardAndBackward(
            examples: 3, logits: logits.start, labels: labels, scale: 1.0 / 3, gradient: gradient.start)
        #expect(both == forward(logits, labels))
        expectGradient(gradient, of: logits, step: 0.01, "dlogits") { forward(logits, labels).lossSum / 3 }
    }

    @Test("Equal logits cost log(classes); the first counts as the answer")
    func equal() {
        let result = forward(Values(8), [0, 1])
        #expect(abs(result.lossSum - 2 * log(4.0)) < 1e-12)
        #expect(result.correct == 1)
    }

    @Test("Large logits neither overflow nor vanish")
    func stable() {
        let logits = Values(4)
        for (index, value) in [Float(3e38), -3e38, 0, 1e38].enumerated() {
            logits[index] = value
        }
        let right = forward(logits, [0])
        #expect(right.lossSum == 0 && right.correct == 1)
        let wrong = forward(logits, [1])
        #expect(wrong.lossSum > 5e38 && wrong.lossSum.isFinite && wrong.correct == 0)
    }

    @Test("What is not finite shows in the loss", arguments: [Float.nan, .infinity], [0, 1, 3])
    func notFinite(value: Float, place: Int) {
        let logits = Values(random: 4, stream: 1)
        logits[place] = value
        #expect(!forward(logits, [1]).lossSum.isFinite)
    }
}
