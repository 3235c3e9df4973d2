internal import CKernels

/// What an optimiser remembers from step to step within one local training, and its arithmetic.
struct OptimizerState: ~Copyable {
    /// SGD's velocity or Adam's first moment; empty until an optimiser with one is used.
    private var first = AlignedBuffer<Float>(count: 0, repeating: 0)
    /// Adam's second moment; empty until Adam is used.
    private var second = AlignedBuffer<Float>(count: 0, repeating: 0)
    private var rule = TrainingSettings.Optimizer.sgd(learningRate: 0)
    /// β₁ and β₂ to the power of the number of steps.
    private var decayed1 = 1.0
    private var decayed2 = 1.0
    private let table: UnsafePointer<fed_kernels>

    init(version: KernelVersion) {
        table = version.table
    }

    /// Forgets all and prepares for a training of `count` parameters.
    mutating func begin(_ rule: TrainingSettings.Optimizer, count: Int) {
        self.rule = rule
        decayed1 = 1
        decayed2 = 1
        switch rule {
        case .sgd(_, let momentum, _):
            if momentum != 0 {
                Self.clear(&first, count: count)
            }
        case .adam:
            Self.clear(&first, count: count)
            Self.clear(&second, count: count)
        }
    }

    private static func clear(_ buffer: inout AlignedBuffer<Float>, count: Int) {
        if buffer.count < count {
            buffer = AlignedBuffer(count: count, repeating: 0)
        } else {
            buffer.start.update(repeating: 0, count: count)
        }
    }

    /// Begins a step; ``update(_:parameters:gradient:)`` belongs to it.
    mutating func beginStep() {
        if case .adam(_, let beta1, let beta2, _, _) = rule {
            decayed1 *= Double(beta1)
            decayed2 *= Double(beta2)
        }
    }

    /// Where a step is no more than `parameters ← keep · parameters − rate · gradient`: the two factors.
    var direct: (keep: Float, rate: Float)? {
        guard case .sgd(let rate, momentum: 0, let decay) = rule else { return nil }
        return (1 - rate * decay, rate)
    }

    /// Takes the step for the parameters in `range`.
    func update(
        _ range: Range<Int>, parameters: UnsafeMutablePointer<Float>, gradient: UnsafePointer<Float>
    ) {
        let count = range.count
        let parameters = parameters + range.lowerBound
        let gradient = gradient + range.lowerBound
        switch rule {
        case .sgd(let rate, momentum: 0, let decay):
            table.pointee.step(count, parameters, gradient, 1 - rate * decay, rate)
        case .sgd(let rate, let momentum, let decay):
            table.pointee.momentum_step(
                count, parameters, first.start + range.lowerBound, gradient, rate, momentum, decay)
        case .adam(let rate, let beta1, let beta2, let epsilon, let decay):
            let stepSize = Float(Double(rate) / (1 - decayed1))
            let rootScale = Float(1 / (1 - decayed2).squareRoot())
            table.pointee.adam_step(
                count, parameters, first.start + range.lowerBound, second.start + range.lowerBound, gradient, stepSize,
                beta1, beta2, rootScale, epsilon, decay)
        }
    }
}
