internal import Federation

/// How long things may be and how long they may take. All limits of the protocol stand here.
public struct WireLimits: Sendable, Hashable {
    /// The longest payload that a coordinator reads before it has let the worker in with a ``Welcome``, in bytes.
    public var greetingPayload = 16 * 1024
    /// The longest payload afterwards, in bytes, as offered to the other side; the smaller of both offers is agreed.
    public var framePayload = 1024 * 1024 + 64 * 1024
    /// The most parameter bytes in a chunk. Small enough for a ping to pass between two of them.
    public var chunkSize = 256 * 1024
    /// How often each side sends a ``Ping``.
    public var heartbeat: Duration = .seconds(5)
    /// After so many heartbeats without a byte the other side is lost.
    public var missedHeartbeats = 3
    /// From the connection to a whole ``Hello``, and to a whole ``Proof`` where one is asked for.
    public var greetingTimeout: Duration = .seconds(10)
    /// The longest pause between two frames of a transfer.
    public var transferTimeout: Duration = .seconds(30)
    /// How often a coordinator looks whether those whom it has let in still may take part.
    public var admissionReview: Duration = .seconds(5)

    /// The most connections that a listener has at once.
    public var connections = 20_000
    /// The most of them from one address; those of its own machine are bounded by ``connections`` alone.
    public var connectionsPerAddress = 2048

    public init() {}

    public static let `default` = WireLimits()

    /// The time without a byte after which the other side is lost.
    public var silenceTimeout: Duration { heartbeat * missedHeartbeats }

    /// The longest payload that both sides take, given the other side's offer.
    public func agreedFramePayload(with offer: UInt32) -> UInt32 {
        min(offer, UInt32(clamping: framePayload))
    }

    /// The chunk size for frames of `framePayload` bytes at most.
    public func agreedChunkSize(framePayload: UInt32) -> UInt32 {
        min(UInt32(clamping: chunkSize), framePayload - UInt32(Self.chunkOverhead))
    }

    // What follows belongs to the protocol and is the same everywhere.

    /// The least that a side may offer as its longest payload, in bytes.
    public static let minimumFramePayload = 16 * 1024
    /// Bytes of a frame's payload that a chunk's data never take.
    public static let chunkOverhead = 64
    /// The longest name (worker, software, model, tensor), in bytes of UTF-8.
    public static let nameBytes = 255
    /// The longest text meant for people, in bytes of UTF-8.
    public static let textBytes = 4096
    /// The most ids in a ``Hello``. A worker that hosts more asks for a number of clients, or opens more connections.
    public static let helloClients = 2048
    /// The most clients that one connection proves by their tokens, so that a ``Proof`` fits into the greeting's frames. A
    /// worker with more tokens opens more connections.
    public static let provedClients = 400
    /// The most strategies in a ``Hello``.
    public static let helloStrategies = 255
    /// The most settings of a strategy.
    public static let settings = 64
    /// The most numbers in an update, beside its vectors.
    public static let scalars = 64
    /// The most codecs in a ``Hello``.
    public static let helloCodecs = 255
    /// The most clients that one connection hosts, so that a ``Welcome`` fits into a frame.
    public static let assignedClients = 250_000
    /// The most clients in one ``Ready`` or ``Invitation``; more are spread over several.
    public static let clientsPerMessage = 90_000
    /// The most clients whose updates a client that attacks knows.
    public static let knownClients = KnownUpdates.most
    /// The most tensors in a model.
    public static let tensors = 4096
    /// The most dimensions of a tensor.
    public static let dimensions = 8
    /// The most values in a model: 8 GiB as Float32.
    public static let parameters = 1 << 31
}
