import Diagnostics
import Wire

/// The coordinator said with an error that it will not have this worker, or its message.
struct CoordinatorRefusal: Error {
    let message: ErrorMessage

    /// Whether trying again could help.
    var isPassing: Bool {
        switch message.knownCode {
        case .badPreface, .versionMismatch, .unsupportedCodec, .dataMismatch, .cannotTakePart, .invalidValue: false
        default: true
        }
    }

    func problem(at coordinator: String) -> Problem {
        Problem(
            message.knownCode == .dataMismatch ? .data : .unavailable, message.text, at: coordinator,
            remedy: message.remedy.isEmpty ? nil : message.remedy)
    }
}
