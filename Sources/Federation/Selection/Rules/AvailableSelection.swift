public import Settings

/// Each client that is there is as likely as any other that is (Bonawitz et al. 2019, "Towards Federated Learning at Scale: System
/// Design", Section 2.2). Who is there depends on time: over a network the choice is in the record, and no function of the seed.
public struct AvailableSelection: SelectionRule {
    public static let name = "available"
    public static let summary = "each client that is there is as likely as any other that is"

    private let uniform: UniformSelection

    public init(_ values: SettingValues) {
        uniform = UniformSelection(values)
    }

    public var needsPresence: Bool { true }

    public func select(_ size: Int, of candidates: Candidates, seed: UInt64, round: UInt32) -> [ClientID] {
        uniform.select(size, of: candidates, seed: seed, round: round)
    }
}
