extension WireError.Code {
    /// What to do about an error of this code, where nothing better is known.
    public var remedy: String {
        switch self {
        case .badPreface: "Check that host and port are those of fed-coordinator and that no proxy stands between."
        case .badHeader: "Set flags and reserved bits to zero; version 2 uses none."
        case .unknownMessageType: "Send only the message types of the agreed version."
        case .frameTooLong: "Send frames no longer than agreed in Hello and Welcome; split transfers into chunks."
        case .checksumMismatch: "Take CRC-32C of the header's first 8 bytes and the payload; connect again."
        case .streamTruncated: "Connect again; what was acknowledged by a Receipt is safe."
        case .truncatedMessage: "Send every field of the message, in the order of the protocol's tables."
        case .leftoverBytes: "Send the fields of the protocol's tables and nothing after them."
        case .invalidValue: "Keep to the ranges in the protocol's tables."
        case .versionMismatch: "Install the same release on both sides."
        case .unexpectedMessage: "Keep to the order of the protocol's state diagrams."
        case .unsupportedCodec: "Use a codec that both sides named in the greeting; f32 is always one."
        case .transferOutOfOrder: "Send the chunks of one transfer in order, each where the one before it ended."
        case .transferLength: "Send exactly as many bytes as the header says and the model's layout needs."
        case .digestMismatch: "Send the parameters again; if it persists, check both machines' memory."
        case .dataMismatch: "Give the worker the data set that the coordinator has, or its own data with --data."
        case .clientUnavailable: "Ask for other client ids, or for a share instead of ids."
        case .greetingTimeout: "Send preface and Hello as soon as the connection stands."
        case .peerSilent: "Answer every Ping at once; check the network; connect again."
        case .transferStalled: "Check the network; connect again."
        case .tooManyConnections: "Host more clients on fewer connections, or raise the coordinator's limit."
        case .connectionReplaced: "Nothing: the newer connection goes on. Give each process an id of its own."
        case .internalFailure: "See the sender's log; connect again."
        case .cannotTakePart: "See the worker's log; use a worker of the coordinator's release."
        case .certificateRefused: "Ask the owner of the coordinator's authority for a certificate (fed certs issue)."
        case .tokenRefused: "Ask the coordinator's owner for the clients' tokens (fed tokens issue)."
        case .clientForbidden: "Ask for clients that the worker's certificate or tokens are for, or for a share."
        case .coordinatorUnproven: "Do not trust this coordinator; check host and port, and ask its owner."
        case .tlsMismatch: "Give both sides certificates, or none."
        case .unsupportedStrategy: "Use a worker that knows the strategy: one of the coordinator's release does."
        case .unsupportedBehaviour: "Use a worker that knows the behaviour: one of the coordinator's release does."
        case .handshakeFailed: "Check the network; connect again; use the same release on both sides."
        }
    }
}
