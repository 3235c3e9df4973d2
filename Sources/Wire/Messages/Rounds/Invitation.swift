public import Federation
public import Learning
internal import NIOCore

/// Coordinator → worker: train these clients, from the model of this round, which came before. A round may have several
/// for one worker: when it has more clients than one message takes, or when clients are invited in place of others or
/// again.
public struct Invitation: Sendable, Equatable {
    /// From 1.
    public var round: UInt32
    public var settings: TrainingSettings
    /// How updates are to be encoded; one of the codecs that the worker named.
    public var codec: Codec
    /// After so many milliseconds the coordinator closes the round; for information, 0 if it sets none.
    public var deadlineMilliseconds: UInt32
    /// Ascending by client; from 1 to ``WireLimits/clientsPerMessage``.
    public var clients: [ClientAttempt]

    /// A client, the number of this try of its at the round, from 1 and one more with each invitation, and the round from
    /// whose update its state dates.
    public struct ClientAttempt: Sendable, Hashable {
        public var client: ClientID
        public var attempt: UInt32
        /// The client's last round whose update counted: what it remembered then is what it begins with. 0 if there is none,
        /// or the strategy's clients remember nothing.
        public var stateRound: UInt32

        public init(client: ClientID, attempt: UInt32, stateRound: UInt32 = 0) {
            self.client = client
            self.attempt = attempt
            self.stateRound = stateRound
        }
    }

    public init(
        round: UInt32, settings: TrainingSettings, codec: Codec, deadlineMilliseconds: UInt32,
        clients: [ClientAttempt]
    ) {
        self.round = round
        self.settings = settings
        self.codec = codec
        self.deadlineMilliseconds = deadlineMilliseconds
        self.clients = clients.sorted { $0.client < $1.client }
    }

    /// Of a client in the message.
    private static let itemBytes = 12
    /// More than all fields before the clients take.
    private static let headBytes = 1_024

    /// How many clients there may be in one message to a peer that takes frames with so many bytes of payload.
    public static func mostClients(framePayload: UInt32) -> Int {
        max(1, min(WireLimits.clientsPerMessage, (Int(framePayload) - headBytes) / itemBytes))
    }
}

extension Invitation: MessagePayload {
    init(from reader: inout MessageReader) throws(WireError) {
        round = try reader.round()
        settings = try TrainingSettings(from: &reader)
        codec = try reader.codec()
        deadlineMilliseconds = try reader.integer("deadlineMilliseconds")
        let round = round
        clients = try reader.clients("clients", itemBytes: Self.itemBytes, limit: WireLimits.clientsPerMessage) {
            (client, reader) throws(WireError) in
            ClientAttempt(
                client: client, attempt: try reader.integer("clients.attempt", in: 1...UInt32.max),
                stateRound: try reader.integer("clients.stateRound", in: 0...(round - 1)))
        }
        guard !clients.isEmpty else { throw reader.invalid("clients", "is empty") }
    }

    func write(to buffer: inout ByteBuffer) {
        buffer.writeField(round)
        settings.write(to: &buffer)
        buffer.writeField(codec.rawValue)
        buffer.writeField(deadlineMilliseconds)
        buffer.writeCount(clients.count)
        for item in clients {
            buffer.writeField(item.client)
            buffer.writeField(item.attempt)
            buffer.writeField(item.stateRound)
        }
    }
}
