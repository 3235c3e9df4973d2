public import Transport
public import Wire

/// What a worker is told by its user.
public struct WorkerSettings: Sendable {
    public var coordinator: Endpoint
    public var hosting: Hello.Hosting
    /// A folder with the data: of a whole data set, or of the one client's own examples.
    public var dataFolder: String?
    /// The number of threads that train; at least 1.
    public var threads: Int
    /// For people and for the record.
    public var name: String
    /// How long to go on trying to reach a coordinator that does not answer.
    public var retryFor: Duration
    public var limits: WireLimits

    public init(
        coordinator: Endpoint, hosting: Hello.Hosting, dataFolder: String? = nil, threads: Int, name: String,
        retryFor: Duration = .seconds(120), limits: WireLimits = .default
    ) {
        self.coordinator = coordinator
        self.hosting = hosting
        self.dataFolder = dataFolder
        self.threads = threads
        self.name = name
        self.retryFor = retryFor
        self.limits = limits
    }
}
