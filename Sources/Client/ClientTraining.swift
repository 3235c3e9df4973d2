public import Federation
public import Learning
public import Parameters
public import Wire

/// What a client does when it is invited: trains the round's model on its own examples (McMahan et al. 2017, Algorithm 1,
/// "ClientUpdate"). The same wherever the client is hosted: in a worker process, or in the process of the coordinator.
public struct ClientTraining: Sendable {
    public let model: ModelDefinition
    /// The seed of the run.
    public let seed: UInt64
    public let data: HostedData

    public init(model: ModelDefinition, seed: UInt64, data: HostedData) {
        self.model = model
        self.seed = seed
        self.data = data
    }

    /// Trains the client and makes its update.
    ///
    /// - Parameters:
    ///   - global: the round's model.
    ///   - codec: how the update is encoded.
    ///   - chunkSize: bytes of the update in a frame, at least 1.
    ///   - trainer: of the same model.
    ///   - isCancelled: asked before each step.
    /// - Throws: ``TrainingFailure``.
    public func update(
        _ key: UpdateKey, from global: ParameterVector, settings: TrainingSettings, codec: Codec, chunkSize: Int,
        on trainer: Trainer, isCancelled: () -> Bool
    ) throws(TrainingFailure) -> OutgoingUpdate {
        let start = ContinuousClock.now
        var parameters = global
        let report = try trainer.train(
            &parameters, on: data.examples, indices: data.indices(of: key.client), settings: settings, seed: seed,
            round: key.round, client: key.client.rawValue, isCancelled: isCancelled)
        let duration = start.duration(to: .now)
        return OutgoingUpdate(
            key: key, examples: UInt32(report.examples), loss: report.loss, accuracy: report.accuracy,
            steps: UInt32(clamping: report.steps), trainMicroseconds: UInt64(duration / .microseconds(1)),
            parameters: parameters, codec: codec, chunkSize: chunkSize)
    }
}
