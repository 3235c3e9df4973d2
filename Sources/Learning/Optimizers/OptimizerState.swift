internal import CKernels

/// What an optimiser remembers from step to step within one local training, and its arithmetic.
struct OptimizerState: ~Copyable {
    /// SGD's velocity or Adam's first moment; empty until an optimiser with one is used.
    private var first = AlignedBuffer<Float>(count: 0, repeating: 0)
    /// Adam's second moment; empty until Adam is used.
    private var second = AlignedBuffer<Float>(count: 0, repeating: 0)
    private var rule = TrainingSettings.Optimizer.sgd(learningRate: 0)
    /// The part of the gradient's correction that does not depend on the parameters, in the network's layout and in the
    /// form that the step takes; empty until a correction has one.
    private var constants = AlignedBuffer<Float>(count: 0, repeating: 0)
    /// The same in the canonical order, on its way to the network's.
    private var canonical = AlignedBuffer<Float>(count: 0, repeating: 0)
    private var hasConstants = false
    /// The factor of the parameters in the gradient: weight decay and the correction's α together.
    private var decay: Float = 0
    /// β₁ and β₂ to the power of the number of steps.
    private var decayed1 = 1.0
    private var decayed2 = 1.0
    private let table: UnsafePointer<fed_kernels>

    init(version: KernelVersion) {
        table = version.table
    }

    /// Forgets all and prepares for a training of the network's parameters.
    mutating func begin(
        _ rule: TrainingSettings.Optimizer, correction: GradientCorrection, for network: borrowing Network
    ) {
        self.rule = rule
        decayed1 = 1
        decayed2 = 1
        let count = network.parameterCount
        switch rule {
        case .sgd(let sgd):
            decay = sgd.weightDecay + correction.alpha
            if sgd.momentum != 0 {
                Self.clear(&first, count: count)
            }
            // Plain SGD adds it to the parameters themselves, the others to the gradient.
            load(correction, scale: sgd.momentum == 0 ? -sgd.learningRate : 1, for: network)
        case .adam(let adam):
            decay = adam.weightDecay + correction.alpha
            Self.clear(&first, count: count)
            Self.clear(&second, count: count)
            load(correction, scale: 1, for: network)
        }
    }

    /// Turns the correction's constant part, times `scale`, into the network's layout.
    private mutating func load(_ correction: GradientCorrection, scale: Float, for network: borrowing Network) {
        hasConstants = correction.hasConstant
        guard hasConstants else { return }
        if constants.count < network.parameterCount {
            constants = AlignedBuffer(count: network.parameterCount, repeating: 0)
            canonical = AlignedBuffer(count: network.canonicalCount, repeating: 0)
        }
        correction.writeConstant(scaledBy: scale, to: canonical.start, count: network.canonicalCount)
        network.load(canonical.start, into: constants.start)
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
        if case .adam(let adam) = rule {
            decayed1 *= Double(adam.beta1)
            decayed2 *= Double(adam.beta2)
        }
    }

    /// Where the constants of the parameters from `place` on begin; `nil` without a correction that has them.
    private func constants(at place: Int) -> UnsafePointer<Float>? {
        hasConstants ? UnsafePointer(constants.start + place) : nil
    }

    /// The parts of a step that is no more than `parameters ← keep · parameters − rate · gradient + constants`.
    struct Direct {
        let keep: Float
        let rate: Float
        /// One for each of the parameters that it is for; `nil` stands for zeros.
        let constants: UnsafePointer<Float>?
    }

    /// The step of the parameters from `place` on, where it is as simple as that: plain SGD's.
    func direct(at place: Int) -> Direct? {
        guard case .sgd(let sgd) = rule, sgd.momentum == 0 else { return nil }
        return Direct(keep: 1 - sgd.learningRate * decay, rate: sgd.learningRate, constants: constants(at: place))
    }

    /// Shortens the whole gradient to `norm` where it is longer. One that is not finite becomes no better by it.
    func clip(_ gradient: UnsafeMutablePointer<Float>, count: Int, to norm: Float) {
        let length = table.pointee.squared_norm(count, gradient).squareRoot()
        if length > Double(norm) {
            table.pointee.scale(count, gradient, Float(Double(norm) / length))
        }
    }

    /// Takes the step for the parameters in `range`.
    func update(
        _ range: Range<Int>, parameters: UnsafeMutablePointer<Float>, gradient: UnsafePointer<Float>
    ) {
        let count = range.count
        let parameters = parameters + range.lowerBound
        let gradient = gradient + range.lowerBound
        let constants = constants(at: range.lowerBound)
        switch rule {
        case .sgd(let sgd) where sgd.momentum == 0:
            let rate = sgd.learningRate
            table.pointee.step(count, parameters, gradient, constants, 1 - rate * decay, rate)
        case .sgd(let sgd):
            table.pointee.momentum_step(
                count, parameters, first.start + range.lowerBound, gradient, constants, sgd.learningRate, sgd.momentum,
                decay)
        case .adam(let adam):
            let stepSize = Float(Double(adam.learningRate) / (1 - decayed1))
            let rootScale = Float(1 / (1 - decayed2).squareRoot())
            table.pointee.adam_step(
                count, parameters, first.start + range.lowerBound, second.start + range.lowerBound, gradient,
                constants, stepSize, adam.beta1, adam.beta2, rootScale, adam.epsilon, decay)
        }
    }
}
