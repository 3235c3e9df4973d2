public import Federation
internal import NIOCore
public import Parameters

/// Worker → coordinator, after ``Welcome``: the data are there, and so many examples for each client. Many clients may
/// be spread over several of these, the last one flagged.
public struct Ready: Sendable, Equatable {
    /// The digest of the data that the worker has: the run's, or of its own data; the same in all parts.
    public var dataDigest: ContentDigest
    /// Ascending by client; at most ``WireLimits/clientsPerMessage``.
    public var clients: [ClientExamples]
    public var isLast: Bool

    /// A client and how many examples it has.
    public struct ClientExamples: Sendable, Hashable {
        public var client: ClientID
        public var examples: UInt32

        public init(client: ClientID, examples: UInt32) {
            self.client = client
            self.examples = examples
        }
    }

    public init(dataDigest: ContentDigest, clients: [ClientExamples], isLast: Bool) {
        self.dataDigest = dataDigest
        self.clients = clients.sorted { $0.client < $1.client }
        self.isLast = isLast
    }

    /// As many messages as it takes to stay within `maxFramePayload` bytes each.
    public static func messages(
        dataDigest: ContentDigest, clients: [ClientExamples], maxFramePayload: UInt32
    ) -> [Ready] {
        let room = (Int(maxFramePayload) - ContentDigest.byteCount - 5) / 8
        let size = max(1, min(WireLimits.clientsPerMessage, room))
        let clients = clients.sorted { $0.client < $1.client }
        // One message at least, for a worker without clients.
        return stride(from: 0, to: max(1, clients.count), by: size).map { start in
            let end = min(start + size, clients.count)
            return Ready(
                dataDigest: dataDigest, clients: Array(clients[start..<end]), isLast: end == clients.count)
        }
    }
}

extension Ready: MessagePayload {
    init(from reader: inout MessageReader) throws(WireError) {
        dataDigest = try reader.digest("dataDigest")
        clients = try reader.clients("clients", itemBytes: 8, limit: WireLimits.clientsPerMessage) {
            (client, reader) throws(WireError) in
            ClientExamples(client: client, examples: try reader.integer("clients.examples"))
        }
        isLast = try reader.bool("isLast")
    }

    func write(to buffer: inout ByteBuffer) {
        buffer.writeField(dataDigest)
        buffer.writeCount(clients.count)
        for item in clients {
            buffer.writeField(item.client)
            buffer.writeField(item.examples)
        }
        buffer.writeField(isLast)
    }
}
