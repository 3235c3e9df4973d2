internal import CKernels

/// The softmax of the logits and the cross-entropy of the labels under it; `[N, classes]`.
///
/// The largest logit is subtracted first, so that no exponential overflows, and the sums are in double precision, with
/// an exponential and a logarithm of the kernels' own: those of the system differ from one version of it to the next.
package struct SoftmaxCrossEntropy {
    /// How many classes there can be: a label is a byte.
    static let possibleClasses = 1...256

    package let classes: Int
    private let table: UnsafePointer<fed_kernels>

    /// - Precondition: 1 to 256 classes.
    package init(classes: Int, version: KernelVersion = .fastest) {
        precondition(Self.possibleClasses ~= classes)
        self.classes = classes
        table = version.table
    }

    /// The sum over the examples of −log softmax(logits)[label], and how many of them have their largest logit (the
    /// first of equal ones) at their label. A logit that is not finite makes the sum not finite.
    package func forward(
        examples: Int, logits: UnsafePointer<Float>, labels: UnsafePointer<UInt8>
    ) -> (lossSum: Double, correct: Int) {
        let sums = table.pointee.softmax_cross_entropy(examples, classes, logits, labels, 0, nil)
        return (sums.loss, sums.correct)
    }

    /// The same bits, with each example counted for its label, too.
    ///
    /// - Parameter byLabel: one for each label that there is.
    func forward(
        examples: Int, logits: UnsafePointer<Float>, labels: UnsafePointer<UInt8>, byLabel: inout [ClassAccuracy]
    ) -> (lossSum: Double, correct: Int) {
        var (lossSum, correct) = (0.0, 0)
        for example in 0..<examples {
            let sums = forward(examples: 1, logits: logits + example &* classes, labels: labels + example)
            lossSum += sums.lossSum
            correct += sums.correct
            byLabel[Int(labels[example])] += ClassAccuracy(correct: sums.correct, count: 1)
        }
        return (lossSum, correct)
    }

    /// The same, and the gradient of the loss by the logits: (softmax − one-hot(label)) · `scale`, where `scale` is
    /// one over the number of examples in the step.
    package func forwardAndBackward(
        examples: Int, logits: UnsafePointer<Float>, labels: UnsafePointer<UInt8>, scale: Double,
        gradient: UnsafeMutablePointer<Float>
    ) -> (lossSum: Double, correct: Int) {
        let sums = table.pointee.softmax_cross_entropy(examples, classes, logits, labels, scale, gradient)
        return (sums.loss, sums.correct)
    }
}
