/// What is wrong with what the other side sent, or with the other side itself: a code, a sentence and a remedy. It
/// goes to the other side as an ``ErrorMessage``.
public struct WireError: Error, Sendable, Hashable {
    /// What sort of error it is; the raw value is what crosses the wire.
    public enum Code: UInt16, Sendable, CaseIterable {
        /// The stream does not begin with ``Wire/preface``.
        case badPreface = 1
        /// Flags or reserved bits of a frame header are not zero.
        case badHeader = 2
        case unknownMessageType = 3
        /// A frame is longer than agreed.
        case frameTooLong = 4
        case checksumMismatch = 5
        /// The connection ended within a frame.
        case streamTruncated = 6
        /// A payload ends before its last field does.
        case truncatedMessage = 7
        /// A payload goes on after its last field.
        case leftoverBytes = 8
        /// A field has a value that it cannot have.
        case invalidValue = 9
        /// The two sides have no version of the protocol in common.
        case versionMismatch = 10
        /// The message may not come in this state.
        case unexpectedMessage = 11
        case unsupportedCodec = 12
        /// A chunk is not the next one.
        case transferOutOfOrder = 13
        /// A transfer has another length than its header or the model's layout says.
        case transferLength = 14
        /// The bytes received are not those that the digest was taken of.
        case digestMismatch = 15
        /// The worker's data are not those of the run.
        case dataMismatch = 16
        /// A client that the worker asks for does not exist, or another worker hosts it.
        case clientUnavailable = 17
        /// The greeting was not over in time.
        case greetingTimeout = 18
        /// Nothing came for three heartbeats.
        case peerSilent = 19
        /// A transfer did not move in time.
        case transferStalled = 20
        /// There are as many connections as the coordinator takes.
        case tooManyConnections = 21
        /// The worker opened a new connection, which takes this one's place.
        case connectionReplaced = 22
        /// Something inside the sender failed.
        case internalFailure = 23
        /// The worker cannot take part: it does not know the model, or cannot read its data.
        case cannotTakePart = 24
        /// The worker's certificate is missing, or is not one that the coordinator accepts.
        case certificateRefused = 25
        /// The worker did not prove that it has the tokens of the clients that it wants to host.
        case tokenRefused = 26
        /// The worker wants to host clients that neither its certificate nor its tokens are for.
        case clientForbidden = 27
        /// The coordinator did not prove that it is the one that the worker wants to work for.
        case coordinatorUnproven = 28
        /// One side speaks TLS and the other does not.
        case tlsMismatch = 29
        /// The TLS handshake failed for a reason that neither side's certificate explains.
        case handshakeFailed = 30
        /// The worker does not know the run's strategy.
        case unsupportedStrategy = 31
        /// The worker does not know how some of its clients are to misbehave.
        case unsupportedBehaviour = 32
        /// The worker's clients cannot evaluate models as the run wants them to.
        case unsupportedEvaluation = 33
    }

    public let code: Code
    /// One sentence without a full stop at its end.
    public let text: String
    /// What to do about it.
    public let remedy: String

    /// - Parameter remedy: the code's own unless given.
    public init(_ code: Code, _ text: String, remedy: String? = nil) {
        self.code = code
        self.text = text
        self.remedy = remedy ?? code.remedy
    }
}

extension WireError: CustomStringConvertible {
    public var description: String { "\(text) (\(code), \(code.rawValue))\n  \(remedy)" }
}
