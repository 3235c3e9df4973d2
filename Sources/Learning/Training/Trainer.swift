internal import CKernels
public import Parameters
internal import Randomness

/// Trains and evaluates one model on one thread. It owns all the memory that this takes, and its results do not depend
/// on what it did before.
///
/// It is not `Sendable`: each thread has its own (``TrainingThreads``).
public final class Trainer {
    public let model: ModelDefinition
    public let kernels: Kernels
    private let network: Network
    private let parameters: AlignedBuffer<Float>
    private var gradient = AlignedBuffer<Float>(count: 0, repeating: 0)
    private let scratch: AlignedBuffer<Float>
    private let derived: AlignedBuffer<Float>
    private let loss: SoftmaxCrossEntropy
    private let version: KernelVersion
    private var optimizer: OptimizerState
    private var workspace: Workspace
    /// The order of the shard's examples in the epoch.
    private var order: [Int32] = []
    /// What stands still in a training, where the parameters lie; nothing is elsewhere.
    private var still = AlignedBuffer<Float>(count: 0, repeating: 0)

    /// The most examples that pass through the layers together; a larger batch goes in parts, whose gradients are added
    /// up, so that memory is bounded whatever the batch.
    private static let examplesAtOnce = 256
    /// The same in evaluation. Part of the result: other sizes give other bits.
    private static let evaluatedAtOnce = 100

    public init(model: ModelDefinition, kernels: Kernels = .fused) {
        BLAS.useOneThread()
        let network = Network(model, kernels: kernels)
        version = if case .fused(let version) = kernels { version } else { .fastest }
        loss = SoftmaxCrossEntropy(classes: network.classes, version: version)
        optimizer = OptimizerState(version: version)
        self.model = model
        self.kernels = kernels
        parameters = AlignedBuffer(count: network.parameterCount, repeating: 0)
        scratch = AlignedBuffer(count: network.scratchCount, repeating: 0)
        derived = AlignedBuffer(count: network.derivedCount, repeating: 0)
        workspace = Workspace(capacity: 0, for: network)
        self.network = network
    }

    /// One client's local training: E epochs over its examples in batches of B, each epoch in a new random order, with
    /// an optimiser that starts afresh.
    ///
    /// The same arguments give the same bits on any thread and any `Trainer` of the same machine and BLAS.
    ///
    /// - Parameters:
    ///   - parameters: the model to start from, and then the trained one; unchanged when this throws.
    ///   - examples: of the model's input shape, with no more classes than the model has.
    ///   - indices: the shard: which of `examples` to train on, any number, in the order that the partition gives.
    ///   - correction: what is added to each gradient, after weight decay.
    ///   - frozen: the layers that stand still, by name; not all of them.
    ///   - part: which of a client's trainings in the round it is; names the random streams, too.
    ///   - round: from 1; names the random streams, with `seed` and `client`.
    ///   - isCancelled: asked before each step.
    ///   - afterStep: called after each step; its second argument gives the parameters as they then are.
    /// - Throws: ``TrainingFailure``.
    public func train(
        _ parameters: inout ParameterVector, on examples: ExampleSet, indices: [Int32], settings: TrainingSettings,
        correction: GradientCorrection = .none, frozen: Set<String> = [], part: TrainingPart = .update, seed: UInt64,
        round: UInt32, client: UInt32, isCancelled: () -> Bool,
        afterStep: (TrainingProgress, _ parameters: () -> ParameterVector) -> Void = { _, _ in }
    ) throws(TrainingFailure) -> TrainingReport {
        precondition(parameters.layout == model.layout && correction.fits(model.layout))
        check(examples)
        precondition(indices.allSatisfy { $0 >= 0 && Int($0) < examples.count })
        precondition(settings.localEpochs >= 1 && settings.clipNorm ?? 1 > 0)
        precondition(settings.dropout >= 0 && settings.dropout < 1)
        guard !indices.isEmpty else {
            return TrainingReport(loss: 0, accuracy: 0, examples: 0, steps: 0)
        }
        let batchSize = settings.batchSize.size(for: indices.count)
        precondition(batchSize >= 1)
        prepare(examples: min(batchSize, Self.examplesAtOnce))
        if gradient.count == 0 {
            gradient = AlignedBuffer(count: network.parameterCount, repeating: 0)
        }
        load(parameters)
        optimizer.begin(settings.optimizer, correction: correction, for: network)
        let frozen = network.frozen(frozen, in: model.layout)
        keep(frozen.ranges)
        order = indices
        var shuffling = RandomStream(seed: seed, purpose: part.shuffling, round: round, client: client)
        var dropout = RandomStream(seed: seed, purpose: part.dropout, round: round, client: client)

        var total = Evaluation()
        var steps = 0
        for epoch in 1...settings.localEpochs {
            shuffling.shuffle(&order)
            var training = Evaluation()
            for first in stride(from: 0, to: indices.count, by: batchSize) {
                if isCancelled() { throw .cancelled }
                let batch = first..<min(first + batchSize, indices.count)
                let result = takeStep(
                    on: examples, batch: batch, settings: settings, frozen: frozen, dropout: &dropout)
                steps += 1
                guard result.lossSum.isFinite else { throw .diverged(step: steps) }
                training += result
                let progress = TrainingProgress(epoch: epoch, step: steps, examples: indices.count, training: training)
                afterStep(progress, { stored() })
            }
            total += training
        }
        let trained = stored()
        guard trained.isFinite else { throw .diverged(step: steps) }
        parameters = trained
        return TrainingReport(loss: total.loss, accuracy: total.accuracy, examples: indices.count, steps: steps)
    }

    /// Loss and accuracy of `parameters` on the examples in `range`, taken in order.
    ///
    /// - Precondition: `examples` has the model's input shape and no more classes, and holds `range`.
    public func evaluate(
        _ parameters: ParameterVector, on examples: ExampleSet, range: Range<Int>
    ) -> Evaluation {
        load(parameters)
        return evaluateLoaded(on: examples, range: range)
    }

    /// The same bits, as a whole and class by class.
    public func evaluateByClass(
        _ parameters: ParameterVector, on examples: ExampleSet, range: Range<Int>
    ) -> ClassEvaluation {
        load(parameters)
        return evaluateLoadedByClass(on: examples, range: range)
    }

    /// Loss and accuracy of `parameters` on the examples at `indices`, taken in their order: a client's shard.
    ///
    /// - Precondition: `examples` has the model's input shape and no more classes, and holds all of `indices`.
    public func evaluate(
        _ parameters: ParameterVector, on examples: ExampleSet, indices: [Int32]
    ) -> Evaluation {
        precondition(indices.allSatisfy { $0 >= 0 && Int($0) < examples.count })
        load(parameters)
        var uncounted: [ClassAccuracy] = []
        return evaluateLoaded(on: examples, count: indices.count, byLabel: &uncounted) { Int(indices[$0]) }
    }

    /// Makes `parameters` those of the network, for ``evaluateLoaded(on:range:)``.
    func load(_ parameters: ParameterVector) {
        precondition(parameters.layout == model.layout)
        parameters.withValues { values in
            if let start = values.baseAddress {
                network.load(start, into: self.parameters.start)
            }
        }
    }

    /// ``evaluate(_:on:range:)`` of the parameters loaded last.
    func evaluateLoaded(on examples: ExampleSet, range: Range<Int>) -> Evaluation {
        var uncounted: [ClassAccuracy] = []
        return evaluateLoaded(on: examples, range: range, byLabel: &uncounted)
    }

    /// The same bits, class by class, too.
    func evaluateLoadedByClass(on examples: ExampleSet, range: Range<Int>) -> ClassEvaluation {
        var result = ClassEvaluation(classes: examples.classes)
        result.total = evaluateLoaded(on: examples, range: range, byLabel: &result.classes)
        return result
    }

    private func evaluateLoaded(
        on examples: ExampleSet, range: Range<Int>, byLabel: inout [ClassAccuracy]
    ) -> Evaluation {
        precondition(range.lowerBound >= 0 && range.upperBound <= examples.count)
        return evaluateLoaded(on: examples, count: range.count, byLabel: &byLabel) { range.lowerBound &+ $0 }
    }

    /// The same of `total` examples, each at the place that `example` gives for its number.
    ///
    /// - Parameter byLabel: what is counted for each label, or nothing: then nothing is.
    private func evaluateLoaded(
        on examples: ExampleSet, count total: Int, byLabel: inout [ClassAccuracy], example: (Int) -> Int
    ) -> Evaluation {
        check(examples)
        prepare(examples: min(total, Self.evaluatedAtOnce))
        let memory = Network.Memory(workspace, scratch: scratch, parameters: parameters, derived: derived)
        network.prepare(memory, training: false)
        // Not drawn from: evaluation drops nothing.
        var dropout = RandomStream(seed: 0, purpose: .dropout)
        var result = Evaluation()
        for first in stride(from: 0, to: total, by: Self.evaluatedAtOnce) {
            let count = min(Self.evaluatedAtOnce, total - first)
            for place in 0..<count {
                gather(example: example(first + place), of: examples, to: place)
            }
            network.forward(examples: count, memory, training: false, dropoutRate: 0, dropout: &dropout)
            let (logits, labels) = (memory.values(network.logits), workspace.labels.start)
            let sums =
                byLabel.isEmpty
                ? loss.forward(examples: count, logits: logits, labels: labels)
                : loss.forward(examples: count, logits: logits, labels: labels, byLabel: &byLabel)
            result += Evaluation(lossSum: sums.lossSum, correct: sums.correct, count: count)
        }
        return result
    }

    // MARK: One step

    /// Forward, backward and update on one batch; loss and accuracy are those before the update.
    private func takeStep(
        on examples: ExampleSet, batch: Range<Int>, settings: TrainingSettings, frozen: FrozenLayers,
        dropout: inout RandomStream
    ) -> Evaluation {
        let memory = Network.Memory(workspace, scratch: scratch, parameters: parameters, derived: derived)
        let gradient = self.gradient.start
        let scale = 1 / Double(batch.count)
        var total = Evaluation()
        optimizer.beginStep()
        network.prepare(memory, training: true)
        for first in stride(from: batch.lowerBound, to: batch.upperBound, by: Self.examplesAtOnce) {
            let count = min(Self.examplesAtOnce, batch.upperBound &- first)
            for place in 0..<count {
                gather(example: Int(order[first &+ place]), of: examples, to: place)
            }
            network.forward(examples: count, memory, training: true, dropoutRate: settings.dropout, dropout: &dropout)
            let sums = loss.forwardAndBackward(
                examples: count, logits: memory.values(network.logits), labels: workspace.labels.start, scale: scale,
                gradient: memory.gradients(network.logits))
            total += Evaluation(lossSum: sums.lossSum, correct: sums.correct, count: count)
            network.backward(
                examples: count, memory, parameterGradient: gradient, dropoutRate: settings.dropout,
                isFirst: first == batch.lowerBound, downTo: frozen.firstTrained,
                takesStep: settings.clipNorm == nil && first &+ count == batch.upperBound, optimizer: optimizer)
        }
        if let clipNorm = settings.clipNorm {
            // The norm is of all gradients together, so no parameter changes before the last of them is known.
            let count = network.parameterCount
            for range in frozen.ranges { (gradient + range.lowerBound).update(repeating: 0, count: range.count) }
            optimizer.clip(gradient, count: count, to: clipNorm)
            optimizer.update(0..<count, parameters: parameters.start, gradient: gradient)
        }
        for range in frozen.ranges {
            (parameters.start + range.lowerBound).update(from: still.start + range.lowerBound, count: range.count)
        }
        return total
    }

    /// Remembers what is to stand still.
    private func keep(_ ranges: [Range<Int>]) {
        guard !ranges.isEmpty else { return }
        if still.count == 0 { still = AlignedBuffer(count: network.parameterCount, repeating: 0) }
        for range in ranges {
            (still.start + range.lowerBound).update(from: parameters.start + range.lowerBound, count: range.count)
        }
    }

    /// Puts an example's values, bytes / 255 as `[H, W, C]`, and its label into the batch at `place`.
    private func gather(example: Int, of examples: ExampleSet, to place: Int) {
        let channels = network.input.channels
        let area = network.input.height &* network.input.width
        let count = network.input.count
        let target = workspace.values.start + place &* count
        workspace.labels.start[place] = examples.labels[example]
        let source = examples.images.pointer(at: example &* count)
        if channels == 1 {
            version.table.pointee.bytes_to_values(count, source, target)
            return
        }
        for channel in 0..<channels {
            let plane = source + channel &* area
            for pixel in 0..<area {
                target[pixel &* channels &+ channel] = Float(plane[pixel]) / 255
            }
        }
    }

    // MARK: Memory

    private func check(_ examples: ExampleSet) {
        precondition(examples.shape == model.input && examples.classes <= model.classes)
    }

    /// Makes room for so many examples; what is there already stays.
    private func prepare(examples: Int) {
        if workspace.capacity < examples {
            workspace = Workspace(capacity: examples, for: network)
        }
    }

    /// The network's parameters in the canonical order.
    private func stored() -> ParameterVector {
        var result = ParameterVector(zerosFor: model.layout)
        result.withMutableValues { values in
            if let start = values.baseAddress {
                network.store(parameters.start, into: start)
            }
        }
        return result
    }
}
