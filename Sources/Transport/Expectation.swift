internal import Wire

/// Something that a peer has to do in time.
public enum Expectation: Sendable, Hashable {
    /// To come to the end of the greeting.
    case greeting
    /// To send the next chunk of a transfer.
    case transfer

    func overdue(after limit: Duration) -> WireError {
        switch self {
        case .greeting: WireError(.greetingTimeout, "the greeting was not over within \(limit)")
        case .transfer: WireError(.transferStalled, "a transfer has not moved for \(limit)")
        }
    }
}
