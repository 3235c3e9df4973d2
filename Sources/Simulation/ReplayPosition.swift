import Parameters

/// How far a recorded run has been done again.
struct ReplayPosition: Sendable {
    /// The latest model, and the server's state.
    var server: Parts
    var models: ReceivedModels
}
