/// One of several that are told apart by their names and have settings of their own: a strategy, a behaviour, an optimiser, a rule
/// of partition.
public protocol Configurable: Sendable {
    /// As scenarios call it, for example `fedavg`.
    static var name: String { get }
    /// Its settings, in the section of a scenario that names it.
    static var settings: [Setting] { get }

    /// - Parameter values: of ``settings`` at least, each in its bounds.
    init(_ values: SettingValues)
}
