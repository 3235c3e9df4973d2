package import Randomness

extension LayerDefinition {
    /// In training each value is 0 with probability `rate`, else divided by 1 − `rate`; in evaluation nothing happens.
    /// With `nil` this is a place for it: the rate is ``TrainingSettings/dropout``.
    public static func dropout(rate: Float?) -> LayerDefinition { LayerDefinition(DropoutDefinition(rate: rate)) }
}

struct DropoutDefinition: LayerKind {
    static let prefix = "dropout"

    let rate: Float?

    func output(for input: ImageShape) -> ImageShape { input }

    func build(_ builder: inout NetworkBuilder) {
        let (shape, count) = (builder.shape, builder.shape.count)
        if let rate {
            builder.append(.dropout(Dropout(count: count, rate: rate)), output: shape, hasNotes: true)
        } else {
            // In place: the layers before it ask of what they put out only whether it is above 0.
            builder.append(.dropoutPlace(DropoutPlace(count: count)), output: shape, hasNotes: true, isInPlace: true)
        }
    }
}

/// Inverted dropout (Srivastava et al. 2014, scaled in training rather than in evaluation); any shape.
package struct Dropout: BitwiseCopyable {
    /// Values in one example.
    package let count: Int
    /// The probability that a value is dropped, in [0, 1).
    package let rate: Float

    package init(count: Int, rate: Float) {
        precondition(rate >= 0 && rate < 1)
        self.count = count
        self.rate = rate
    }

    /// y = x / (1 − rate) where a value is kept, else 0; `kept` notes which are (1 or 0). One draw of `stream` a value.
    package func forward(
        examples: Int, input: UnsafePointer<Float>, output: UnsafeMutablePointer<Float>,
        kept: UnsafeMutablePointer<UInt8>, stream: inout RandomStream
    ) {
        let scale = 1 / (1 - rate)
        for index in 0..<(examples &* count) {
            let keep = stream.uniformFloat() >= rate
            kept[index] = keep ? 1 : 0
            output[index] = keep ? input[index] * scale : 0
        }
    }

    /// dx = dy / (1 − rate) where the value was kept, else 0.
    package func backward(
        examples: Int, kept: UnsafePointer<UInt8>, outputGradient: UnsafePointer<Float>,
        inputGradient: UnsafeMutablePointer<Float>
    ) {
        let scale = 1 / (1 - rate)
        for index in 0..<(examples &* count) {
            let gradient = outputGradient[index] * scale
            inputGradient[index] = kept[index] != 0 ? gradient : 0
        }
    }
}

extension Dropout: LayerStage {
    func forward(_ pass: borrowing ForwardPass) {
        if pass.isTraining {
            forward(
                examples: pass.examples, input: pass.input, output: pass.output, kept: pass.notes,
                stream: &pass.dropout.pointee)
        } else {
            pass.output.update(from: pass.input, count: pass.examples &* count)
        }
    }

    func backward(_ pass: borrowing BackwardPass) -> Bool {
        backward(
            examples: pass.examples, kept: pass.notes, outputGradient: pass.outputGradient,
            inputGradient: pass.inputGradient)
        return false
    }
}

/// A place for dropout, whose rate the training brings; input and output are the same memory.
struct DropoutPlace: LayerStage {
    /// Values in one example.
    let count: Int

    func forward(_ pass: borrowing ForwardPass) {
        if pass.isTraining, pass.dropoutRate > 0 { Dropout(count: count, rate: pass.dropoutRate).forward(pass) }
    }

    func backward(_ pass: borrowing BackwardPass) -> Bool {
        pass.dropoutRate > 0 ? Dropout(count: count, rate: pass.dropoutRate).backward(pass) : false
    }
}
