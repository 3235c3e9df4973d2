/// Which way bytes go through a ``NetworkProxy``.
public enum FlowDirection: UInt32, Sendable, Hashable, CaseIterable {
    case toServer = 1
    case toClient = 2
}
