/// The type byte of a frame.
public enum MessageType: UInt8, Sendable, CaseIterable {
    case hello = 0x01
    case welcome = 0x02
    case ready = 0x03
    case challenge = 0x04
    case proof = 0x05
    case confirmation = 0x06
    case modelHeader = 0x10
    case modelChunk = 0x11
    case invitation = 0x12
    case roundClosed = 0x13
    case modelHeld = 0x14
    case modelRest = 0x15
    case hostileClients = 0x16
    case updateHeader = 0x20
    case updateChunk = 0x21
    case trainingFailed = 0x22
    case receipt = 0x23
    case updateOffer = 0x24
    case updateOffset = 0x25
    case ping = 0x30
    case pong = 0x31
    case error = 0x40
    case goodbye = 0x41
}

extension MessageType: CustomStringConvertible {
    /// The message's name in the protocol, for example `UpdateHeader`.
    public var description: String {
        switch self {
        case .hello: "Hello"
        case .welcome: "Welcome"
        case .ready: "Ready"
        case .challenge: "Challenge"
        case .proof: "Proof"
        case .confirmation: "Confirmation"
        case .modelHeader: "ModelHeader"
        case .modelChunk: "ModelChunk"
        case .invitation: "Invitation"
        case .roundClosed: "RoundClosed"
        case .modelHeld: "ModelHeld"
        case .modelRest: "ModelRest"
        case .hostileClients: "HostileClients"
        case .updateHeader: "UpdateHeader"
        case .updateChunk: "UpdateChunk"
        case .trainingFailed: "TrainingFailed"
        case .receipt: "Receipt"
        case .updateOffer: "UpdateOffer"
        case .updateOffset: "UpdateOffset"
        case .ping: "Ping"
        case .pong: "Pong"
        case .error: "ErrorMessage"
        case .goodbye: "Goodbye"
        }
    }
}
