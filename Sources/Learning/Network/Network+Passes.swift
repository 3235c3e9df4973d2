internal import Randomness

extension Network {
    /// Where the passes read and write.
    struct Memory {
        let workspace: Int
        let values: UnsafeMutablePointer<Float>
        let gradients: UnsafeMutablePointer<Float>
        let notes: UnsafeMutablePointer<UInt8>
        let scratch: UnsafeMutablePointer<Float>
        let parameters: UnsafeMutablePointer<Float>
        let derived: UnsafeMutablePointer<Float>

        init(
            _ workspace: borrowing Workspace, scratch: borrowing AlignedBuffer<Float>,
            parameters: borrowing AlignedBuffer<Float>, derived: borrowing AlignedBuffer<Float>
        ) {
            self.workspace = workspace.capacity
            values = workspace.values.start
            gradients = workspace.gradients.start
            notes = workspace.notes.start
            self.scratch = scratch.start
            self.parameters = parameters.start
            self.derived = derived.start
        }

        func values(_ place: Int) -> UnsafeMutablePointer<Float> { values + workspace &* place }
        func gradients(_ place: Int) -> UnsafeMutablePointer<Float> { gradients + workspace &* place }
        func notes(_ place: Int) -> UnsafeMutablePointer<UInt8> { notes + workspace &* place }
    }

    /// Makes what the forward pass reads beside the parameters; to be repeated whenever these change, and between training
    /// and inference.
    func prepare(_ memory: Memory, training: Bool) {
        for index in 0..<stages.count {
            let stage = stages.start[index]
            stage.layer.prepare(
                PreparationPass(
                    parameters: memory.parameters + stage.parameters, derived: memory.derived + stage.derived,
                    scratch: memory.scratch, isTraining: training))
        }
    }

    /// Computes the logits of the `examples` that lie in the first stage's input, after ``prepare(_:training:)``.
    ///
    /// - Parameters:
    ///   - training: whether dropout drops.
    ///   - dropoutRate: the rate at the places for dropout in training.
    ///   - dropout: the stream of the masks; evaluation draws nothing from it.
    func forward(
        examples: Int, _ memory: Memory, training: Bool, dropoutRate: Float, dropout: inout RandomStream
    ) {
        withUnsafeMutablePointer(to: &dropout) { dropout in
            for index in 0..<stages.count {
                let stage = stages.start[index]
                stage.layer.forward(
                    ForwardPass(
                        examples: examples, input: memory.values(stage.input), output: memory.values(stage.output),
                        notes: memory.notes(stage.notes), parameters: memory.parameters + stage.parameters,
                        derived: memory.derived + stage.derived, scratch: memory.scratch, isTraining: training,
                        dropoutRate: dropoutRate, dropout: dropout))
            }
        }
    }

    /// From the gradient of the logits, all gradients of the parameters, and, if it is to be taken, the optimiser's step:
    /// for each stage as soon as nothing reads its parameters any more.
    ///
    /// - Parameters:
    ///   - parameterGradient: where gradients go that are not applied at once.
    ///   - isFirst: set `parameterGradient` instead of adding to it.
    ///   - first: the stage at which it ends: no parameter before it is trained.
    ///   - dropoutRate: that of the forward pass.
    ///   - takesStep: whether this is the batch's last part and the step follows. If this is the first part too, a dense
    ///     layer may take it without a gradient in memory.
    func backward(
        examples: Int, _ memory: Memory, parameterGradient: UnsafeMutablePointer<Float>, dropoutRate: Float,
        isFirst: Bool, downTo first: Int, takesStep: Bool,
        optimizer: borrowing OptimizerState
    ) {
        for index in (first..<stages.count).reversed() {
            let stage = stages.start[index]
            let isApplied = stage.layer.backward(
                BackwardPass(
                    examples: examples, input: memory.values(stage.input), output: memory.values(stage.output),
                    outputGradient: memory.gradients(stage.output), inputGradient: memory.gradients(stage.input),
                    wantsInputGradient: index > first, notes: memory.notes(stage.notes),
                    parameters: memory.parameters + stage.parameters,
                    parameterGradient: parameterGradient + stage.parameters, scratch: memory.scratch,
                    accumulate: !isFirst, direct: isFirst && takesStep ? optimizer.direct(at: stage.parameters) : nil,
                    dropoutRate: dropoutRate))
            if takesStep, !isApplied, stage.parameters < stage.end {
                optimizer.update(
                    stage.parameters..<stage.end, parameters: memory.parameters, gradient: parameterGradient)
            }
        }
    }
}
