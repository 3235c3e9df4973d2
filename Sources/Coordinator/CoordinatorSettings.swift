public import Identity
public import Wire

/// What a coordinator is given beside the scenario: limits, and a clock.
public struct CoordinatorSettings: Sendable {
    public var limits: WireLimits
    /// The tokens that workers have to prove; `nil`: none are asked for.
    public var tokens: RereadFile<TokenRegister>?
    /// How many updates are received at once. Each takes the memory of a model until it has been added; more wait
    /// on their connections. As many again are kept in part when their connections are lost.
    public var concurrentUploads: Int
    /// How long the coordinator waits for more workers that want a share before it deals the clients.
    public var shareWindow: Duration
    /// The clock of every deadline.
    public var clock: any Clock<Duration>

    public init(
        limits: WireLimits = .default, tokens: RereadFile<TokenRegister>? = nil, concurrentUploads: Int = 8,
        shareWindow: Duration = .seconds(1), clock: any Clock<Duration> = ContinuousClock()
    ) {
        self.limits = limits
        self.tokens = tokens
        self.concurrentUploads = concurrentUploads
        self.shareWindow = shareWindow
        self.clock = clock
    }
}
