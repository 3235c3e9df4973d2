import Diagnostics
import Wire

/// The coordinator said with an error that it will not have this worker, or its message.
struct CoordinatorRefusal: Error {
    let message: ErrorMessage

    /// Whether trying again could help.
    var isPassing: Bool {
        switch message.knownCode {
        // The worker's own message was wrong, and would be again.
        case .versionMismatch, .unsupportedCodec, .invalidValue: false
        case let code: code?.lastingProblem == nil
        }
    }

    func problem(at coordinator: String) -> Problem {
        Problem(
            message.knownCode?.lastingProblem ?? .unavailable, message.text, at: coordinator,
            remedy: message.remedy.isEmpty ? nil : message.remedy)
    }
}
