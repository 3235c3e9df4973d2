internal import Glibc

/// The softmax of the logits and the cross-entropy of the labels under it; `[N, classes]`.
///
/// The largest logit is subtracted first, so that no exponential overflows, and the sums are in double precision.
package struct SoftmaxCrossEntropy {
    package let classes: Int

    package init(classes: Int) {
        self.classes = classes
    }

    /// The sum over the examples of −log softmax(logits)[label], and how many of them have their largest logit (the
    /// first of equal ones) at their label. A logit that is not finite makes the sum not finite.
    package func forward(
        examples: Int, logits: UnsafePointer<Float>, labels: UnsafePointer<UInt8>
    ) -> (lossSum: Double, correct: Int) {
        var lossSum = 0.0
        var correct = 0
        for example in 0..<examples {
            let row = logits + example &* classes
            let label = Int(labels[example])
            let (best, sum) = normaliser(row)
            lossSum += log(sum) - (Double(row[label]) - Double(row[best]))
            correct &+= best == label ? 1 : 0
        }
        return (lossSum, correct)
    }

    /// The same, and the gradient of the loss by the logits: (softmax − one-hot(label)) · `scale`, where `scale` is
    /// one over the number of examples in the step.
    package func forwardAndBackward(
        examples: Int, logits: UnsafePointer<Float>, labels: UnsafePointer<UInt8>, scale: Double,
        gradient: UnsafeMutablePointer<Float>
    ) -> (lossSum: Double, correct: Int) {
        var lossSum = 0.0
        var correct = 0
        for example in 0..<examples {
            let row = logits + example &* classes
            let target = gradient + example &* classes
            let label = Int(labels[example])
            let (best, sum) = normaliser(row)
            let largest = Double(row[best])
            lossSum += log(sum) - (Double(row[label]) - largest)
            correct &+= best == label ? 1 : 0
            let factor = scale / sum
            for index in 0..<classes {
                let share = exp(Double(row[index]) - largest) * factor
                target[index] = Float(index == label ? share - scale : share)
            }
        }
        return (lossSum, correct)
    }

    /// The place of the largest logit and Σ exp(logit − largest).
    @inline(__always)
    private func normaliser(_ row: UnsafePointer<Float>) -> (best: Int, sum: Double) {
        var best = 0
        for index in 1..<max(classes, 1) where row[index] > row[best] {
            best = index
        }
        let largest = Double(row[best])
        var sum = 0.0
        for index in 0..<classes {
            sum += exp(Double(row[index]) - largest)
        }
        return (best, sum)
    }
}
