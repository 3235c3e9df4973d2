/// What a ``NetworkProxy`` has done so far.
public struct ProxyCounts: Sendable, Hashable {
    /// Connections that were accepted.
    public var connections = 0
    /// Those of them for which the server was not to be had.
    public var unreachable = 0
    public var cuts = 0
    public var stalls = 0
    /// What was passed on.
    public var bytes: [FlowDirection: Int] = [:]
    public var pieces: [FlowDirection: Int] = [:]
}
