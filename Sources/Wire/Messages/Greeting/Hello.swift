public import Federation
internal import NIOCore
public import Settings

/// Worker → coordinator, the first message: who the worker is, what it can do, which clients it wants to host. Its
/// layout is the same in every version of the protocol, so that versions can be negotiated; later versions add fields at its
/// end.
public struct Hello: Sendable, Equatable {
    /// The lowest and the highest version that the worker speaks.
    public var versions: ClosedRange<UInt16>
    public var capabilities: Capabilities
    /// The longest payload that the worker takes, in bytes; at least ``WireLimits/minimumFramePayload``.
    public var maxFramePayload: UInt32
    /// One for each process, the same when it connects again, so that a coordinator can tell the process's new
    /// connection from the old one that it may not yet know to be dead.
    public var workerID: WireIdentifier
    /// For people: the host's name, for example.
    public var workerName: String
    /// Program and version, for people.
    public var software: String
    public var hosting: Hosting
    /// Whether the worker's clients have data of their own, so that the run's data set and partition do not concern it.
    public var ownData: Bool
    /// The ids of the codecs that the worker knows; `f32` must be among them, unknown ones are ignored.
    public var codecs: [UInt8]
    /// The clients that the worker can prove to be, if it has tokens.
    public var tokens: TokenOffer?
    /// The names of the strategies that the worker knows the client's side of. A worker that speaks version 1 alone does not
    /// send them.
    public var strategies: [String]

    /// Which clients a worker wants to host.
    public enum Hosting: Sendable, Equatable {
        /// As many as the coordinator deals it: a fair share of the run's clients.
        case share
        /// So many, at least one.
        case count(UInt32)
        /// These, ascending; from 1 to ``WireLimits/helloClients`` of them.
        case clients([ClientID])
    }

    public init(
        versions: ClosedRange<UInt16> = Wire.versions, capabilities: Capabilities = [], maxFramePayload: UInt32,
        workerID: WireIdentifier, workerName: String, software: String, hosting: Hosting, ownData: Bool,
        codecs: [UInt8] = Codec.allCases.map(\.rawValue), tokens: TokenOffer? = nil,
        strategies: [String] = Strategies.all.map { $0.name }
    ) {
        self.versions = versions
        self.capabilities = capabilities
        self.maxFramePayload = maxFramePayload
        self.workerID = workerID
        self.workerName = workerName
        self.software = software
        if case .clients(let clients) = hosting {
            self.hosting = .clients(clients.sorted())
        } else {
            self.hosting = hosting
        }
        self.ownData = ownData
        self.codecs = codecs
        self.tokens = tokens
        self.strategies = strategies
    }
}

extension Hello: MessagePayload {
    init(from reader: inout MessageReader) throws(WireError) {
        let lowest: UInt16 = try reader.integer("minVersion", in: 1...UInt16.max)
        versions = lowest...(try reader.integer("maxVersion", in: lowest...UInt16.max))
        capabilities = Capabilities(rawValue: try reader.integer("capabilities"))
        maxFramePayload = try reader.integer(
            "maxFramePayload", in: UInt32(WireLimits.minimumFramePayload)...UInt32.max)
        workerID = try reader.identifier("workerID")
        workerName = try reader.name("workerName")
        software = try reader.name("software")
        hosting = try Hosting(from: &reader)
        ownData = try reader.bool("ownData")
        let count = try reader.count("codecs", itemBytes: 1, limit: WireLimits.helloCodecs)
        codecs = []
        codecs.reserveCapacity(count)
        for _ in 0..<count {
            codecs.append(try reader.integer("codecs"))
        }
        guard codecs.contains(Codec.f32.rawValue) else {
            throw WireError(.unsupportedCodec, "Hello.codecs lacks f32 (\(Codec.f32.rawValue))")
        }
        tokens = try reader.bool("hasTokens") ? try TokenOffer(from: &reader) : nil
        strategies = []
        guard versions.upperBound >= 2 else { return }
        for _ in 0..<(try reader.count("strategies", itemBytes: 2, limit: WireLimits.helloStrategies)) {
            strategies.append(try reader.name("strategies"))
        }
    }

    func write(to buffer: inout ByteBuffer) {
        buffer.writeField(versions.lowerBound)
        buffer.writeField(versions.upperBound)
        buffer.writeField(capabilities.rawValue)
        buffer.writeField(maxFramePayload)
        buffer.writeField(workerID)
        buffer.writeName(workerName)
        buffer.writeName(software)
        hosting.write(to: &buffer)
        buffer.writeField(ownData)
        buffer.writeCount(codecs.count)
        buffer.writeBytes(codecs)
        buffer.writeField(tokens != nil)
        tokens?.write(to: &buffer)
        guard versions.upperBound >= 2 else { return }
        buffer.writeCount(strategies.count)
        for strategy in strategies { buffer.writeName(strategy) }
    }
}

extension Hello.Hosting {
    fileprivate init(from reader: inout MessageReader) throws(WireError) {
        switch try reader.integer("hosting") as UInt8 {
        case 0: self = .share
        case 1: self = .count(try reader.integer("hosting.count", in: 1...UInt32.max))
        case 2:
            let clients = try reader.clients("hosting.clients", itemBytes: 4, limit: WireLimits.helloClients) {
                (client, _) throws(WireError) in client
            }
            guard !clients.isEmpty else { throw reader.invalid("hosting.clients", "is empty") }
            self = .clients(clients)
        case let kind: throw reader.invalid("hosting", "is \(kind), none of 0, 1, 2")
        }
    }

    fileprivate func write(to buffer: inout ByteBuffer) {
        switch self {
        case .share: buffer.writeField(0 as UInt8)
        case .count(let count):
            buffer.writeField(1 as UInt8)
            buffer.writeField(count)
        case .clients(let clients):
            buffer.writeField(2 as UInt8)
            buffer.writeCount(clients.count)
            for client in clients {
                buffer.writeField(client)
            }
        }
    }
}
