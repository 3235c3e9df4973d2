public import NIOCore

/// A message of the protocol.
public enum Message: Sendable, Equatable {
    case hello(Hello)
    case welcome(Welcome)
    case ready(Ready)
    case challenge(Challenge)
    case proof(Proof)
    case confirmation(Confirmation)
    case modelHeader(ModelHeader)
    case modelChunk(ModelChunk)
    case hostileClients(HostileClients)
    case invitation(Invitation)
    case roundClosed(RoundClosed)
    case modelHeld(ModelHeld)
    case modelRest(ModelRest)
    case updateHeader(UpdateHeader)
    case updateChunk(UpdateChunk)
    case trainingFailed(TrainingFailed)
    case receipt(Receipt)
    case updateOffer(UpdateOffer)
    case updateOffset(UpdateOffset)
    case ping(Ping)
    case pong(Pong)
    case error(ErrorMessage)
    case goodbye(Goodbye)

    public var type: MessageType {
        switch self {
        case .hello: .hello
        case .welcome: .welcome
        case .ready: .ready
        case .challenge: .challenge
        case .proof: .proof
        case .confirmation: .confirmation
        case .modelHeader: .modelHeader
        case .modelChunk: .modelChunk
        case .hostileClients: .hostileClients
        case .invitation: .invitation
        case .roundClosed: .roundClosed
        case .modelHeld: .modelHeld
        case .modelRest: .modelRest
        case .updateHeader: .updateHeader
        case .updateChunk: .updateChunk
        case .trainingFailed: .trainingFailed
        case .receipt: .receipt
        case .updateOffer: .updateOffer
        case .updateOffset: .updateOffset
        case .ping: .ping
        case .pong: .pong
        case .error: .error
        case .goodbye: .goodbye
        }
    }

    /// Appends the payload alone.
    public func encoded(into buffer: inout ByteBuffer) {
        switch self {
        case .hello(let message): message.write(to: &buffer)
        case .welcome(let message): message.write(to: &buffer)
        case .ready(let message): message.write(to: &buffer)
        case .challenge(let message): message.write(to: &buffer)
        case .proof(let message): message.write(to: &buffer)
        case .confirmation(let message): message.write(to: &buffer)
        case .modelHeader(let message): message.write(to: &buffer)
        case .modelChunk(let message): message.write(to: &buffer)
        case .hostileClients(let message): message.write(to: &buffer)
        case .invitation(let message): message.write(to: &buffer)
        case .roundClosed(let message): message.write(to: &buffer)
        case .modelHeld(let message): message.write(to: &buffer)
        case .modelRest(let message): message.write(to: &buffer)
        case .updateHeader(let message): message.write(to: &buffer)
        case .updateChunk(let message): message.write(to: &buffer)
        case .trainingFailed(let message): message.write(to: &buffer)
        case .receipt(let message): message.write(to: &buffer)
        case .updateOffer(let message): message.write(to: &buffer)
        case .updateOffset(let message): message.write(to: &buffer)
        case .ping(let message): message.write(to: &buffer)
        case .pong(let message): message.write(to: &buffer)
        case .error(let message): message.write(to: &buffer)
        case .goodbye(let message): message.write(to: &buffer)
        }
    }

    /// Appends header and payload.
    public func writeFrame(into buffer: inout ByteBuffer) {
        buffer.writeFrame(type) { encoded(into: &$0) }
    }

    /// Header and payload.
    public func frame(allocator: ByteBufferAllocator = ByteBufferAllocator()) -> ByteBuffer {
        var buffer = allocator.buffer(capacity: 128)
        writeFrame(into: &buffer)
        return buffer
    }

    /// The message in a frame.
    public init(_ frame: Frame) throws(WireError) {
        var payload = frame.payload
        self = try Self.decode(type: frame.type, payload: &payload)
    }

    /// The message of a type with all the bytes of `payload`, which is empty afterwards.
    ///
    /// - Throws: a ``WireError`` that names the field if a byte is missing, too much, or a value is impossible.
    public static func decode(type: MessageType, payload: inout ByteBuffer) throws(WireError) -> Message {
        var reader = MessageReader(type: type, payload: payload)
        let message: Message
        switch type {
        case .hello: message = .hello(try Hello(from: &reader))
        case .welcome: message = .welcome(try Welcome(from: &reader))
        case .ready: message = .ready(try Ready(from: &reader))
        case .challenge: message = .challenge(try Challenge(from: &reader))
        case .proof: message = .proof(try Proof(from: &reader))
        case .confirmation: message = .confirmation(try Confirmation(from: &reader))
        case .modelHeader: message = .modelHeader(try ModelHeader(from: &reader))
        case .modelChunk: message = .modelChunk(try ModelChunk(from: &reader))
        case .hostileClients: message = .hostileClients(try HostileClients(from: &reader))
        case .invitation: message = .invitation(try Invitation(from: &reader))
        case .roundClosed: message = .roundClosed(try RoundClosed(from: &reader))
        case .modelHeld: message = .modelHeld(try ModelHeld(from: &reader))
        case .modelRest: message = .modelRest(try ModelRest(from: &reader))
        case .updateHeader: message = .updateHeader(try UpdateHeader(from: &reader))
        case .updateChunk: message = .updateChunk(try UpdateChunk(from: &reader))
        case .trainingFailed: message = .trainingFailed(try TrainingFailed(from: &reader))
        case .receipt: message = .receipt(try Receipt(from: &reader))
        case .updateOffer: message = .updateOffer(try UpdateOffer(from: &reader))
        case .updateOffset: message = .updateOffset(try UpdateOffset(from: &reader))
        case .ping: message = .ping(try Ping(from: &reader))
        case .pong: message = .pong(try Pong(from: &reader))
        case .error: message = .error(try ErrorMessage(from: &reader))
        case .goodbye: message = .goodbye(try Goodbye(from: &reader))
        }
        try reader.finish()
        payload.moveReaderIndex(forwardBy: payload.readableBytes)
        return message
    }
}
