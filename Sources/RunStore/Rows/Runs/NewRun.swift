import Federation
public import Parameters

/// What is known of a run before it begins: a row of `runs` without its number, times and status.
public struct NewRun: Sendable, Hashable, Codable {
    /// The scenario's name.
    public var name: String
    /// The scenario file's text, whole.
    public var scenario: String
    /// The scenario's seed.
    public var seed: UInt64 {
        get { UInt64(bitPattern: seedBits) }
        set { seedBits = Int64(bitPattern: newValue) }
    }
    /// SQLite's integers are signed: a seed of 2⁶³ or more is kept as seed − 2⁶⁴.
    private var seedBits: Int64
    /// How many rounds the scenario wants, at least 1.
    public var roundsPlanned: Int
    /// How many clients the scenario has, at least 1.
    public var clients: Int
    /// How many clients are selected for a round, 1 to `clients`.
    public var cohort: Int
    /// The model's name, for example `cnn`.
    public var model: String
    /// The model's number of parameters.
    public var parameters: Int
    /// For example `fedavg`.
    public var strategy: String
    /// How updates cross the network; for example `f32`.
    public var codec: String
    /// How the model does.
    public var downloadCodec: String
    /// The version of the program that runs it.
    public var programVersion: String
    /// What computed the layers, for example `fused (AVX-512)` or `openblas`. The fused kernels give the same bits in
    /// all their versions; with `openblas` the bits depend on the two that follow.
    public var kernels: String
    /// What OpenBLAS says of its build; with `openblasCore`, what the bits of a result depend on besides the scenario.
    public var openblasConfig: String
    /// The processor type that OpenBLAS chose its kernels for, for example `SkylakeX`.
    public var openblasCore: String
    /// For example `mnist` or `generated`.
    public var dataKind: String
    /// Where the data come from: a folder, an address, the program itself.
    public var dataSource: String
    /// SHA-256 of the data set.
    public var dataDigest: ContentDigest
    /// The coordinator's processor model.
    public var cpu: String
    /// The coordinator's number of processor cores.
    public var cores: Int
    /// What carried its messages.
    public var transport: RunTransport
    /// Whose times these are.
    public var clock: ClockKind
    /// SHA-256 of ``scenario``'s UTF-8, taken when the run began; `nil` for a run of a version that did not.
    public var scenarioDigest: ContentDigest?
    private var parentUlid: ULID?
    private var parentRound: Int?
    private var withoutClients: [ClientID]?

    public init(
        name: String, scenario: String, seed: UInt64, roundsPlanned: Int, clients: Int, cohort: Int, model: String,
        parameters: Int, strategy: String, codec: String, downloadCodec: String, programVersion: String,
        kernels: String,
        openblasConfig: String, openblasCore: String, dataKind: String, dataSource: String, dataDigest: ContentDigest,
        cpu: String, cores: Int, transport: RunTransport = .tcp, clock: ClockKind = .real, branch: RunBranch? = nil
    ) {
        self.name = name
        self.scenario = scenario
        seedBits = Int64(bitPattern: seed)
        self.roundsPlanned = roundsPlanned
        self.clients = clients
        self.cohort = cohort
        self.model = model
        self.parameters = parameters
        self.strategy = strategy
        self.codec = codec
        self.downloadCodec = downloadCodec
        self.programVersion = programVersion
        self.kernels = kernels
        self.openblasConfig = openblasConfig
        self.openblasCore = openblasCore
        self.dataKind = dataKind
        self.dataSource = dataSource
        self.dataDigest = dataDigest
        self.cpu = cpu
        self.cores = cores
        self.transport = transport
        self.clock = clock
        scenarioDigest = ContentDigest(of: Array(scenario.utf8))
        parentUlid = branch?.parent
        parentRound = branch?.round
        withoutClients = branch?.without
    }

    /// Which run it branches off; `nil` if none.
    public var branch: RunBranch? {
        guard let parentUlid, let parentRound else { return nil }
        return RunBranch(parent: parentUlid, round: parentRound, without: withoutClients ?? [])
    }

    /// Whether ``scenario`` is the text that the run began with, as far as that is known.
    public var isScenarioIntact: Bool {
        scenarioDigest.map { $0 == ContentDigest(of: Array(scenario.utf8)) } ?? true
    }

    private enum CodingKeys: String, CodingKey {
        case name, scenario, roundsPlanned, clients, cohort, model, parameters, strategy, codec, downloadCodec
        case programVersion, kernels, openblasConfig, openblasCore, dataKind, dataSource, dataDigest, cpu, cores,
            transport, clock
        case scenarioDigest, parentUlid, parentRound, withoutClients
        case seedBits = "seed"
    }
}
