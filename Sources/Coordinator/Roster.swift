package import Federation
package import Identity
package import Wire

/// Which worker hosts which client.
///
/// A worker asks for certain clients, for a number of them, or for its share. One that comes back gets the clients that
/// it had. The deal never touches a result: a client trains to the same bits wherever it is hosted.
package struct Roster: Sendable {
    private struct Seat: Sendable {
        var host: WireIdentifier?
        /// Who hosted it last; its place is kept for it until ``expire(_:)``.
        var lastHost: WireIdentifier?
    }

    private var seats: [Seat]

    package init(population: Int) {
        seats = Array(repeating: Seat(), count: population)
    }

    /// A worker that wants a share, and the clients that it may have; `nil`: any.
    package struct Claim: Sendable {
        let worker: WireIdentifier
        let allowed: ClientSet?

        package init(worker: WireIdentifier, allowed: ClientSet? = nil) {
            self.worker = worker
            self.allowed = allowed
        }
    }

    /// Gives the worker clients of its choice, all or none.
    ///
    /// - Parameter allowed: those that it may have; `nil`: any.
    package mutating func assign(
        _ clients: [ClientID], to worker: WireIdentifier, of allowed: ClientSet? = nil
    ) throws(WireError) -> [ClientID] {
        for client in clients {
            if let allowed, !allowed.contains(client) {
                throw WireError(
                    .clientForbidden, "the worker may act for \(allowed.forPeople), not for client \(client)")
            }
            guard Int(client.rawValue) < seats.count else {
                throw WireError(.clientUnavailable, "there is no client \(client); the run has 0 to \(seats.count - 1)")
            }
            guard seats[Int(client.rawValue)].host == nil else {
                throw WireError(.clientUnavailable, "client \(client) is hosted by another worker")
            }
        }
        seat(clients, worker)
        return clients
    }

    /// Gives the worker up to `count` clients: those it had, then those that nobody had, then those whose host is away.
    package mutating func assign(
        count: Int, to worker: WireIdentifier, of allowed: ClientSet? = nil
    ) throws(WireError) -> [ClientID] {
        try requireSome(of: allowed)
        let free = seats.indices.filter { seats[$0].host == nil && allowed.admits($0) }
        guard !free.isEmpty else {
            throw WireError(
                .clientUnavailable,
                allowed.map { "\($0.forPeople) of the run: all are hosted" }
                    ?? "all \(seats.count) clients of the run are hosted")
        }
        let own = free.filter { seats[$0].lastHost == worker }
        let fresh = free.filter { seats[$0].lastHost == nil }
        let away = free.filter { seats[$0].lastHost != nil && seats[$0].lastHost != worker }
        let clients = (own + fresh + away).prefix(count).map { ClientID(UInt32($0)) }.sorted()
        seat(clients, worker)
        return clients
    }

    /// Gives a worker that came back what it had; `nil` if it had nothing that is still free.
    package mutating func restore(_ worker: WireIdentifier, of allowed: ClientSet? = nil) -> [ClientID]? {
        let own = seats.indices
            .filter { seats[$0].host == nil && seats[$0].lastHost == worker && allowed.admits($0) }
            .map { ClientID(UInt32($0)) }
        guard !own.isEmpty else { return nil }
        seat(own, worker)
        return own
    }

    /// Deals the clients that nobody has a claim to evenly among workers, a worker for whom nothing is left is not in the
    /// result. Where all may have all, each gets a run of neighbouring ids; otherwise each client goes to the worker that
    /// may have it and has the fewest so far.
    package mutating func deal(among claims: [Claim]) -> [(worker: WireIdentifier, clients: [ClientID])] {
        guard claims.contains(where: { $0.allowed != nil }) else { return deal(among: claims.map(\.worker)) }
        var dealt = claims.map { (worker: $0.worker, clients: [ClientID]()) }
        for index in seats.indices where seats[index].host == nil && seats[index].lastHost == nil {
            let candidates = claims.indices.filter { claims[$0].allowed.admits(index) }
            guard let chosen = candidates.min(by: { dealt[$0].clients.count < dealt[$1].clients.count }) else {
                continue
            }
            dealt[chosen].clients.append(ClientID(UInt32(index)))
        }
        dealt.removeAll { $0.clients.isEmpty }
        for (worker, clients) in dealt { seat(clients, worker) }
        return dealt
    }

    package mutating func deal(among workers: [WireIdentifier]) -> [(worker: WireIdentifier, clients: [ClientID])] {
        let free = seats.indices.filter { seats[$0].host == nil && seats[$0].lastHost == nil }
            .map { ClientID(UInt32($0)) }
        var dealt: [(worker: WireIdentifier, clients: [ClientID])] = []
        var next = 0
        for (index, worker) in workers.enumerated() where next < free.count {
            let count = (free.count - next + workers.count - index - 1) / (workers.count - index)
            let clients = Array(free[next..<next + count])
            next += count
            seat(clients, worker)
            dealt.append((worker, clients))
        }
        return dealt
    }

    /// The worker is gone; its clients, ascending.
    package mutating func release(_ worker: WireIdentifier) -> [ClientID] {
        var released: [ClientID] = []
        for index in seats.indices where seats[index].host == worker {
            seats[index].host = nil
            released.append(ClientID(UInt32(index)))
        }
        return released
    }

    /// The client's place is no longer kept for the worker that had it.
    package mutating func expire(_ client: ClientID) {
        guard seats[Int(client.rawValue)].host == nil else { return }
        seats[Int(client.rawValue)].lastHost = nil
    }

    /// The worker that hosts the client now.
    package func host(of client: ClientID) -> WireIdentifier? {
        let index = Int(client.rawValue)
        return seats.indices.contains(index) ? seats[index].host : nil
    }

    /// A worker whose clients are none of the run's will not get any by waiting.
    package func requireSome(of allowed: ClientSet?) throws(WireError) {
        guard let allowed, !seats.indices.contains(where: { allowed.contains(ClientID(UInt32($0))) }) else { return }
        throw WireError(
            .clientForbidden,
            "the worker may act for \(allowed.forPeople), which the run does not have: its clients are 0 to \(seats.count - 1)"
        )
    }

    private mutating func seat(_ clients: [ClientID], _ worker: WireIdentifier) {
        for client in clients {
            seats[Int(client.rawValue)] = Seat(host: worker, lastHost: worker)
        }
    }
}

extension ClientSet {
    /// For example `client 3` or `clients 0..9`.
    var forPeople: String { count == 1 ? "client \(self)" : isEmpty ? "no client" : "clients \(self)" }
}

extension ClientSet? {
    /// Whether the client with this id is in the set; without a set all are.
    fileprivate func admits(_ id: Int) -> Bool {
        self?.contains(ClientID(UInt32(id))) ?? true
    }
}
