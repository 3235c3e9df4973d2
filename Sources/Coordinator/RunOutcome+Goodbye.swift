import Federation
import Wire

extension RunOutcome {
    /// How the workers are told.
    var goodbye: Goodbye.Reason {
        switch self {
        case .finished, .targetReached, .patienceOver: .runFinished
        case .stopped: .coordinatorStopping
        case .tooFewClients, .tooFewUpdates: .runFailed
        }
    }
}
