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

    /// Makes the copies of the weights that the forward pass reads; to be repeated whenever the parameters change, and
    /// between training and inference.
    func prepare(_ memory: Memory, training: Bool) {
        for index in 0..<stages.count {
            let stage = stages.start[index]
            if case .fusedConvolutionPooling(let layer) = stage.layer {
                layer.prepare(
                    weight: memory.parameters + stage.weight, derived: memory.derived + stage.derived,
                    scratch: memory.scratch, isTraining: training)
            }
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
        for index in 0..<stages.count {
            let stage = stages.start[index]
            let input = UnsafePointer(memory.values(stage.input))
            let output = memory.values(stage.output)
            let notes = memory.notes(stage.notes)
            let weight = memory.parameters + stage.weight
            let bias = memory.parameters + stage.bias
            switch stage.layer {
            case .convolution(let layer):
                layer.forward(
                    examples: examples, input: input, weight: weight, bias: bias, output: output,
                    scratch: layer.scratch(at: memory.scratch))
            case .convolutionPooling(let layer):
                layer.forward(
                    examples: examples, input: input, weight: weight, bias: bias, output: output, choices: notes,
                    scratch: layer.convolution.scratch(at: memory.scratch))
            case .fusedConvolutionPooling(let layer):
                layer.forward(
                    examples: examples, input: input, derived: memory.derived + stage.derived, bias: bias,
                    output: output, choices: training ? notes : nil, scratch: memory.scratch)
            case .relu(let layer):
                layer.forward(examples: examples, input: input, output: output)
            case .maxPooling(let layer):
                layer.forward(examples: examples, input: input, output: output, choices: notes)
            case .dense(let layer):
                layer.forward(examples: examples, input: input, weight: weight, bias: bias, output: output)
            case .fusedDense(let layer):
                layer.forward(examples: examples, input: input, weight: weight, bias: bias, output: output)
            case .dropout(let layer):
                if training {
                    layer.forward(examples: examples, input: input, output: output, kept: notes, stream: &dropout)
                } else {
                    output.update(from: input, count: examples &* layer.count)
                }
            case .dropoutPlace(let count):
                if training, dropoutRate > 0 {
                    Dropout(count: count, rate: dropoutRate).forward(
                        examples: examples, input: input, output: output, kept: notes, stream: &dropout)
                }
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
        let accumulate = !isFirst
        let direct = isFirst && takesStep ? optimizer.direct : nil
        for index in (first..<stages.count).reversed() {
            let stage = stages.start[index]
            let input = UnsafePointer(memory.values(stage.input))
            let outputGradient = UnsafePointer(memory.gradients(stage.output))
            let inputGradient = memory.gradients(stage.input)
            // Nobody needs the gradient of the images, and it would be the dearest of all.
            let wantedGradient = index == first ? nil : inputGradient
            let notes = UnsafePointer(memory.notes(stage.notes))
            let weight = memory.parameters + stage.weight
            let weightGradient = parameterGradient + stage.weight
            let biasGradient = parameterGradient + stage.bias
            var isApplied = false
            switch stage.layer {
            case .convolution(let layer):
                layer.backward(
                    examples: examples, input: input, weight: weight, outputGradient: outputGradient,
                    inputGradient: wantedGradient, weightGradient: weightGradient, biasGradient: biasGradient,
                    accumulate: accumulate, scratch: layer.scratch(at: memory.scratch))
            case .convolutionPooling(let layer):
                layer.backward(
                    examples: examples, input: input, weight: weight, choices: notes, outputGradient: outputGradient,
                    inputGradient: wantedGradient, weightGradient: weightGradient, biasGradient: biasGradient,
                    accumulate: accumulate, scratch: layer.convolution.scratch(at: memory.scratch))
            case .fusedConvolutionPooling(let layer):
                layer.backward(
                    examples: examples, input: input, weight: weight, choices: notes, outputGradient: outputGradient,
                    inputGradient: wantedGradient, weightGradient: weightGradient, biasGradient: biasGradient,
                    accumulate: accumulate, scratch: memory.scratch)
            case .relu(let layer):
                layer.backward(
                    examples: examples, output: memory.values(stage.output), outputGradient: outputGradient,
                    inputGradient: inputGradient)
            case .maxPooling(let layer):
                layer.backward(
                    examples: examples, choices: notes, outputGradient: outputGradient, inputGradient: inputGradient)
            case .dense(let layer):
                // A matrix product adds one thing to its target, not a constant besides.
                let direct = direct?.constants == nil ? direct : nil
                let target =
                    if let direct {
                        GradientTarget(
                            weight: weight, bias: memory.parameters + stage.bias, alpha: -direct.rate,
                            beta: direct.keep)
                    } else {
                        GradientTarget(weight: weightGradient, bias: biasGradient, beta: accumulate ? 1 : 0)
                    }
                layer.backward(
                    examples: examples, input: input, weight: weight, outputGradient: outputGradient,
                    inputGradient: wantedGradient, target: target)
                isApplied = direct != nil
            case .fusedDense(let layer):
                if let direct {
                    layer.backwardAndStep(
                        examples: examples, input: input, weight: weight, bias: memory.parameters + stage.bias,
                        outputGradient: outputGradient, inputGradient: wantedGradient,
                        weightConstants: direct.constants.map { $0 + stage.weight },
                        biasConstants: direct.constants.map { $0 + stage.bias }, keep: direct.keep, rate: direct.rate)
                    isApplied = true
                } else {
                    layer.backward(
                        examples: examples, input: input, weight: weight, outputGradient: outputGradient,
                        inputGradient: wantedGradient, weightGradient: weightGradient, biasGradient: biasGradient,
                        accumulate: accumulate)
                }
            case .dropout(let layer):
                layer.backward(
                    examples: examples, kept: notes, outputGradient: outputGradient, inputGradient: inputGradient)
            case .dropoutPlace(let count):
                if dropoutRate > 0 {
                    Dropout(count: count, rate: dropoutRate).backward(
                        examples: examples, kept: notes, outputGradient: outputGradient, inputGradient: inputGradient)
                }
            }
            if takesStep, !isApplied, stage.weight < stage.end {
                optimizer.update(
                    stage.weight..<stage.end, parameters: memory.parameters, gradient: parameterGradient)
            }
        }
    }
}
