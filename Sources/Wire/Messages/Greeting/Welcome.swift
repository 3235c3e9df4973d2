public import Datasets
public import Federation
public import Learning
internal import NIOCore
public import Parameters

/// Coordinator → worker, the answer to ``Hello``: what was agreed, what the run is, and which of its clients this
/// worker hosts. Everything that a worker needs to find or deal its data and to build the model.
public struct Welcome: Sendable, Equatable {
    /// The version that both sides speak from here on.
    public var version: UInt16
    /// Those that both sides have.
    public var capabilities: Capabilities
    /// The run's ULID.
    public var run: WireIdentifier
    /// The seed that all the run's random streams stand under.
    public var seed: UInt64
    /// The longest payload that either side sends from here on, in bytes.
    public var maxFramePayload: UInt32
    /// The most parameter bytes in a chunk, either way; at least 1, at least ``WireLimits/chunkOverhead`` less than
    /// `maxFramePayload`.
    public var chunkSize: UInt32
    /// How often each side sends a ``Ping``, in milliseconds; at least 1.
    public var heartbeatMilliseconds: UInt32
    /// The model's name in the scenario, for example `cnn`.
    public var model: String
    /// The model's tensors. A worker that builds the model itself checks that it comes to the same.
    public var layout: ParameterLayout
    public var dataset: DatasetKind
    /// SHA-256 that tells this data set from every other.
    public var datasetDigest: ContentDigest
    /// The number of training examples that the partition deals.
    public var trainCount: UInt32
    public var classes: UInt16
    /// What all workers of the run train with.
    public var kernels: KernelChoice
    public var partition: PartitionChoice
    /// The strategy, whose client's side the worker carries out.
    public var strategy: StrategyChoice
    /// The number of clients in the run; ids are 0 ..< `population`.
    public var population: UInt32
    /// The clients that this worker hosts, ascending; at most ``WireLimits/assignedClients``.
    public var assigned: [ClientID]
    /// How clients evaluate models on examples of their own; only with ``Capabilities/evaluation``, else they do not.
    public var evaluation: ClientEvaluation
    /// The devices of the worker's clients; only with ``Capabilities/devices``, else `nil`.
    public var devices: HostedDevices?

    public init(
        version: UInt16 = Wire.version, capabilities: Capabilities = [], run: WireIdentifier, seed: UInt64,
        maxFramePayload: UInt32, chunkSize: UInt32, heartbeatMilliseconds: UInt32, model: String,
        layout: ParameterLayout, dataset: DatasetKind, datasetDigest: ContentDigest, trainCount: UInt32,
        classes: UInt16, kernels: KernelChoice = .fused, partition: PartitionChoice,
        strategy: StrategyChoice = .fedavg, population: UInt32, assigned: [ClientID],
        evaluation: ClientEvaluation = .none, devices: HostedDevices? = nil
    ) {
        self.version = version
        self.capabilities = capabilities
        self.run = run
        self.seed = seed
        self.maxFramePayload = maxFramePayload
        self.chunkSize = chunkSize
        self.heartbeatMilliseconds = heartbeatMilliseconds
        self.model = model
        self.layout = layout
        self.dataset = dataset
        self.datasetDigest = datasetDigest
        self.trainCount = trainCount
        self.classes = classes
        self.kernels = kernels
        self.partition = partition
        self.strategy = strategy
        self.population = population
        self.assigned = assigned.sorted()
        self.evaluation = evaluation
        self.devices = devices
    }
}

extension Welcome: MessagePayload {
    init(from reader: inout MessageReader) throws(WireError) {
        version = try reader.integer("version", in: 1...UInt16.max)
        capabilities = Capabilities(rawValue: try reader.integer("capabilities"))
        run = try reader.identifier("run")
        seed = try reader.integer("seed")
        maxFramePayload = try reader.integer(
            "maxFramePayload", in: UInt32(WireLimits.minimumFramePayload)...UInt32.max)
        chunkSize = try reader.integer(
            "chunkSize", in: 1...(maxFramePayload - UInt32(WireLimits.chunkOverhead)))
        heartbeatMilliseconds = try reader.integer("heartbeatMilliseconds", in: 1...UInt32.max)
        model = try reader.name("model")
        layout = try ParameterLayout(from: &reader)
        dataset = try DatasetKind(from: &reader)
        datasetDigest = try reader.digest("datasetDigest")
        trainCount = try reader.integer("trainCount")
        classes = try reader.integer("classes", in: 1...UInt16.max)
        kernels = try KernelChoice(from: &reader)
        partition = try PartitionChoice(from: &reader)
        strategy = try StrategyChoice(from: &reader)
        population = try reader.integer("population", in: 1...UInt32.max)
        assigned = try reader.clients("assigned", itemBytes: 4, limit: WireLimits.assignedClients) {
            (client, _) throws(WireError) in client
        }
        // They ascend, so the last is the highest.
        if let last = assigned.last, last.rawValue >= population {
            throw reader.invalid("assigned", "names client \(last) of a run with \(population) clients")
        }
        evaluation = capabilities.contains(.evaluation) ? try ClientEvaluation(from: &reader) : .none
        devices =
            capabilities.contains(.devices) ? try HostedDevices(from: &reader, clients: assigned.count) : nil
    }

    func write(to buffer: inout ByteBuffer) {
        buffer.writeField(version)
        buffer.writeField(capabilities.rawValue)
        buffer.writeField(run)
        buffer.writeField(seed)
        buffer.writeField(maxFramePayload)
        buffer.writeField(chunkSize)
        buffer.writeField(heartbeatMilliseconds)
        buffer.writeName(model)
        layout.write(to: &buffer)
        dataset.write(to: &buffer)
        buffer.writeField(datasetDigest)
        buffer.writeField(trainCount)
        buffer.writeField(classes)
        kernels.write(to: &buffer)
        partition.write(to: &buffer)
        strategy.write(to: &buffer)
        buffer.writeField(population)
        buffer.writeCount(assigned.count)
        for client in assigned {
            buffer.writeField(client)
        }
        if capabilities.contains(.evaluation) { evaluation.write(to: &buffer) }
        if capabilities.contains(.devices) { (devices ?? .none).write(to: &buffer) }
    }
}
