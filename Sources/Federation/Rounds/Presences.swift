/// The clients that have joined at least once, and which of them are there.
struct Presences: Sendable, Hashable {
    private struct Presence: Sendable, Hashable {
        var examples: Int
        var isConnected = false
        /// Counts the client's absences, so that a deadline of an earlier one is recognised.
        var absence: UInt32 = 0
        /// The timer of its absence is running.
        var isAwaited = false
    }

    private var presences: [ClientID: Presence] = [:]
    /// How many clients with examples are connected.
    private(set) var present = 0

    /// How many there are, connected or not.
    var count: Int { presences.count }

    /// How many examples the client holds; `nil` if it has not joined.
    func examples(of client: ClientID) -> Int? { presences[client]?.examples }

    func isConnected(_ client: ClientID) -> Bool { presences[client]?.isConnected ?? false }

    /// Whether the client is connected and has something to train on.
    func isPresent(_ client: ClientID) -> Bool { presences[client].map { $0.isConnected && $0.examples > 0 } ?? false }

    /// Whether the client is away and the time of its absence is not over.
    func isAwaited(_ client: ClientID) -> Bool { presences[client]?.isAwaited ?? false }

    /// The client is there.
    ///
    /// - Returns: the timer of its absence, if that was running.
    mutating func join(_ client: ClientID, examples: Int) -> RoundTimer? {
        var presence = presences[client] ?? Presence(examples: examples)
        if !presence.isConnected, presence.examples > 0 { present += 1 }
        let timer = presence.isAwaited ? RoundTimer.absence(client, absence: presence.absence) : nil
        presence.isConnected = true
        presence.isAwaited = false
        presences[client] = presence
        return timer
    }

    /// The client is gone.
    ///
    /// - Returns: the timer of its absence, which is to be started if it ``awaits(_:)``; `nil` if it was not there.
    mutating func leave(_ client: ClientID) -> RoundTimer? {
        guard var presence = presences[client], presence.isConnected else { return nil }
        presence.isConnected = false
        if presence.examples > 0 { present -= 1 }
        presence.absence += 1
        presences[client] = presence
        return .absence(client, absence: presence.absence)
    }

    /// The timer of the client's absence has been started.
    mutating func awaits(_ client: ClientID) { presences[client]?.isAwaited = true }

    /// The time of the client's absence is over.
    ///
    /// - Returns: whether this is still the absence.
    mutating func giveUp(_ client: ClientID, absence: UInt32) -> Bool {
        guard let presence = presences[client], !presence.isConnected, presence.absence == absence else { return false }
        presences[client]?.isAwaited = false
        return true
    }

    /// The clients of a population that have something to train on, as far as that is known, ascending.
    func eligible(of clients: Int) -> [ClientID] {
        (0..<UInt32(clients)).map { ClientID($0) }.filter { presences[$0]?.examples != 0 }
    }
}
