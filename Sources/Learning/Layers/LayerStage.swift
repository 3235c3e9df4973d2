internal import Randomness

/// What computes a layer of a model, or several of them at once, in a ``Network``.
protocol LayerStage: BitwiseCopyable {
    /// Makes what the forward pass reads beside the parameters, whenever these have changed.
    func prepare(_ pass: borrowing PreparationPass)
    func forward(_ pass: borrowing ForwardPass)
    /// The gradients of the input, if they are wanted, and of the parameters.
    ///
    /// - Returns: whether the step is taken, too, by ``BackwardPass/direct``; otherwise the optimiser takes it with the
    ///   gradient of the parameters.
    func backward(_ pass: borrowing BackwardPass) -> Bool
}

extension LayerStage {
    func prepare(_ pass: borrowing PreparationPass) {}
}

/// Layers that one stage computes at once: a rule that rewrites a model's list of layers. ``Network`` names them all.
protocol LayerFusion: LayerStage {
    /// Adds the stage, if it can compute what `layers` begins with.
    ///
    /// - Returns: how many layers it computes; 0 if it cannot.
    static func build(_ layers: ArraySlice<LayerDefinition>, _ builder: inout NetworkBuilder) -> Int
}

/// Before a batch: where a stage's parameters lie, and what it makes of them.
struct PreparationPass {
    let parameters: UnsafePointer<Float>
    let derived: UnsafeMutablePointer<Float>
    let scratch: UnsafeMutablePointer<Float>
    let isTraining: Bool
}

/// Forward over a batch: what a stage reads and writes.
struct ForwardPass {
    let examples: Int
    /// `[N, H, W, C]`, as all values between stages.
    let input: UnsafePointer<Float>
    let output: UnsafeMutablePointer<Float>
    /// Bytes that the backward pass will read, as many as there are outputs.
    let notes: UnsafeMutablePointer<UInt8>
    let parameters: UnsafePointer<Float>
    /// What ``LayerStage/prepare(_:)`` made.
    let derived: UnsafePointer<Float>
    let scratch: UnsafeMutablePointer<Float>
    let isTraining: Bool
    /// The rate at the places for dropout, in training.
    let dropoutRate: Float
    /// The stream of the masks; evaluation draws nothing from it.
    let dropout: UnsafeMutablePointer<RandomStream>
}

/// Backward over a batch: what a stage reads and writes.
struct BackwardPass {
    let examples: Int
    let input: UnsafePointer<Float>
    let output: UnsafePointer<Float>
    let outputGradient: UnsafePointer<Float>
    let inputGradient: UnsafeMutablePointer<Float>
    /// Whether anybody reads the gradient of the input; nobody does that of the images, which would be the dearest of all.
    let wantsInputGradient: Bool
    let notes: UnsafePointer<UInt8>
    let parameters: UnsafeMutablePointer<Float>
    let parameterGradient: UnsafeMutablePointer<Float>
    let scratch: UnsafeMutablePointer<Float>
    /// Whether the gradient of the parameters is added to what is there.
    let accumulate: Bool
    /// The step, where it follows at once and is as simple as that.
    let direct: OptimizerState.Direct?
    let dropoutRate: Float

    /// `nil` where nobody needs it.
    var wantedInputGradient: UnsafeMutablePointer<Float>? { wantsInputGradient ? inputGradient : nil }
}
