import Federation

/// What clients found on the examples that they hold out.
public struct HeldOutAccuracy: Sendable, Hashable, Codable {
    /// Of the models that their rounds began with; `nil` where layers of these are the clients' own.
    public var global: ClientSpread?
    /// Of their own models; `nil` where they have none.
    public var personal: ClientSpread?

    /// - Returns: `nil` if none of the clients holds examples out.
    public init?(_ clients: [ClientRoundRecord]) {
        let found = clients.compactMap(\.heldOut)
        guard !found.isEmpty else { return nil }
        global = ClientSpread(found.compactMap(\.globalAccuracy))
        personal = ClientSpread(found.compactMap(\.personalAccuracy))
    }
}

/// A ``HeldOutAccuracy`` with the round that it belongs to.
public struct RoundHeldOutAccuracy: Sendable, Hashable, Codable {
    public var round: Int
    public var accuracy: HeldOutAccuracy
}
