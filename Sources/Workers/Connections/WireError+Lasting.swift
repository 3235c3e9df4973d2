import Diagnostics
import Wire

extension WireError.Code {
    /// What an error of this code means for a worker's process if trying again cannot help; `nil` if it may.
    var lastingProblem: Problem.Kind? {
        switch self {
        // This worker's own data or certificate are wrong.
        case .dataMismatch, .cannotTakePart, .certificateRefused: .data
        case .badPreface, .tokenRefused, .clientForbidden, .coordinatorUnproven, .tlsMismatch,
            .unsupportedStrategy, .unsupportedBehaviour, .unsupportedEvaluation:
            .unavailable
        default: nil
        }
    }
}
