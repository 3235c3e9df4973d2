import Parameters

/// A round's global model as a worker process holds it: one object for all connections that were sent the same model,
/// gone when the last of them and the last training lets go of it.
final class RoundModel: Sendable {
    let parameters: ParameterVector

    init(_ parameters: ParameterVector) {
        self.parameters = parameters
    }
}
