/// Why a local training has no result.
public enum TrainingFailure: Error, Sendable, Hashable {
    /// Somebody asked it to stop, or the threads were shut down.
    case cancelled
    /// The loss of this step (from 1), or a parameter after the last, was infinite or not a number: the learning rate
    /// is too high, or the parameters that came in were bad.
    case diverged(step: Int)

    /// For people.
    public var text: String {
        switch self {
        case .cancelled: "the training was given up"
        case .diverged(let step): "the loss or the parameters were not finite in step \(step)"
        }
    }
}
