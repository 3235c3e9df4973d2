package import Federation
package import Identity
package import Wire

/// Which worker hosts which client.
///
/// A worker asks for certain clients, for a number of them, or for its share. One that comes back gets the clients that
/// it had. The deal never touches a result: a client trains to the same bits wherever it is hosted.
///
/// What a worker that comes or goes costs depends on how many clients it hosts or may host, not on how many there are.
package struct Roster: Sendable {
    private struct Seat: Sendable {
        var host: WireIdentifier?
        /// Who hosted it last; its place is kept for it until ``expire(_:)``.
        var lastHost: WireIdentifier?

        var isFresh: Bool { host == nil && lastHost == nil }

        /// Whether it is kept for another worker.
        func isAway(for worker: WireIdentifier) -> Bool {
            host == nil && lastHost != nil && lastHost != worker
        }
    }

    private var seats: [Seat]
    /// The clients of each worker that is there.
    private var hosted: [WireIdentifier: [ClientID]] = [:]
    /// The clients that are kept for each worker that is away.
    private var kept: [WireIdentifier: Set<ClientID>] = [:]
    private var hostedCount = 0
    /// No client below has neither host nor last host.
    private var firstFresh = 0

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

    /// Claims to the same clients, who get them one after the other.
    private struct Turns {
        /// Ascending.
        var claims: [Int]
        private var given = 0

        init(claims: [Int]) {
            self.claims = claims
        }

        /// How many the next claim has had, and which it is.
        var next: (count: Int, claim: Int) { (given / claims.count, claims[given % claims.count]) }

        mutating func take() -> Int {
            defer { given += 1 }
            return next.claim
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
    ///
    /// - Parameter allowed: those that it may have; `nil`: any.
    package mutating func assign(
        count: Int, to worker: WireIdentifier, of allowed: ClientSet? = nil
    ) throws(WireError) -> [ClientID] {
        try requireSome(of: allowed)
        guard hostedCount < seats.count else {
            throw WireError(.clientUnavailable, "all \(seats.count) clients of the run are hosted")
        }
        var clients = Array(keptClients(of: worker, allowed).prefix(count))
        clients += fresh(count - clients.count, of: allowed)
        for index in indices(of: allowed) {
            guard clients.count < count else { break }
            if seats[index].isAway(for: worker) { clients.append(ClientID(UInt32(index))) }
        }
        if let allowed, clients.isEmpty {
            throw WireError(.clientUnavailable, "\(allowed.forPeople) of the run: all are hosted")
        }
        clients.sort()
        seat(clients, worker)
        return clients
    }

    /// Gives a worker that came back what it had; `nil` if it had nothing that is still free.
    ///
    /// - Parameter allowed: the clients that it may have; `nil`: any.
    package mutating func restore(_ worker: WireIdentifier, of allowed: ClientSet? = nil) -> [ClientID]? {
        let own = keptClients(of: worker, allowed)
        guard !own.isEmpty else { return nil }
        seat(own, worker)
        return own
    }

    /// Deals the clients that nobody has a claim to evenly among workers; a worker for whom nothing is left is not in the
    /// result. Where all may have all, each gets a run of neighbouring ids; otherwise each client goes to the worker that
    /// may have it and has the fewest so far, the first of these.
    package mutating func deal(among claims: [Claim]) -> [(worker: WireIdentifier, clients: [ClientID])] {
        guard claims.contains(where: { $0.allowed != nil }) else { return deal(among: claims.map(\.worker)) }
        var dealt = claims.map { (worker: $0.worker, clients: [ClientID]()) }
        // Those that may have the same clients, as all connections of a process may, take turns: it costs no more than one.
        var turns: [Turns] = []
        var numbers: [ClientSet?: Int] = [:]
        for (index, claim) in claims.enumerated() {
            if let number = numbers[claim.allowed] {
                turns[number].claims.append(index)
            } else {
                numbers[claim.allowed] = turns.count
                turns.append(Turns(claims: [index]))
            }
        }
        var candidates: [ClientID: [Int]] = [:]
        for (allowed, number) in numbers {
            for client in fresh(seats.count, of: allowed) { candidates[client, default: []].append(number) }
        }
        for (client, numbers) in candidates.sorted(by: { $0.key < $1.key }) {
            guard let chosen = numbers.min(by: { turns[$0].next < turns[$1].next }) else { continue }
            dealt[turns[chosen].take()].clients.append(client)
        }
        dealt.removeAll { $0.clients.isEmpty }
        for (worker, clients) in dealt { seat(clients, worker) }
        return dealt
    }

    package mutating func deal(among workers: [WireIdentifier]) -> [(worker: WireIdentifier, clients: [ClientID])] {
        let free = fresh(seats.count)
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
        let released = (hosted.removeValue(forKey: worker) ?? []).sorted()
        for client in released { seats[Int(client.rawValue)].host = nil }
        hostedCount -= released.count
        if !released.isEmpty { kept[worker, default: []].formUnion(released) }
        return released
    }

    /// The client's place is no longer kept for the worker that had it.
    package mutating func expire(_ client: ClientID) {
        let index = Int(client.rawValue)
        guard seats[index].host == nil else { return }
        giveUpPlace(of: client)
        seats[index].lastHost = nil
        firstFresh = min(firstFresh, index)
    }

    /// No place is kept any longer for workers that are away.
    ///
    /// - Parameter allowed: of these clients; `nil`: of any.
    package mutating func expireAll(of allowed: ClientSet? = nil) {
        for client in kept.values.joined() where allowed?.contains(client) ?? true { expire(client) }
    }

    /// The worker that hosts the client now.
    package func host(of client: ClientID) -> WireIdentifier? {
        let index = Int(client.rawValue)
        return seats.indices.contains(index) ? seats[index].host : nil
    }

    /// A worker whose clients are none of the run's will not get any by waiting.
    package func requireSome(of allowed: ClientSet?) throws(WireError) {
        guard let allowed, indices(of: allowed).isEmpty else { return }
        throw WireError(
            .clientForbidden,
            "the worker may act for \(allowed.forPeople), which the run does not have: its clients are 0 to \(seats.count - 1)"
        )
    }

    /// The run's clients that are among these, from one on, ascending.
    private func indices(of allowed: ClientSet?, from first: Int = 0) -> some Collection<Int> {
        let all = first..<seats.count
        let ranges =
            allowed.map { $0.ranges.map { (Int($0.lowerBound)..<Int($0.upperBound) + 1).clamped(to: all) } } ?? [all]
        return ranges.lazy.joined()
    }

    private func keptClients(of worker: WireIdentifier, _ allowed: ClientSet?) -> [ClientID] {
        guard let kept = kept[worker] else { return [] }
        return (allowed.map { allowed in kept.filter { allowed.contains($0) } } ?? kept).sorted()
    }

    /// Up to `count` clients that nobody hosts and for whom no place is kept, ascending.
    private mutating func fresh(_ count: Int, of allowed: ClientSet? = nil) -> [ClientID] {
        while firstFresh < seats.count, !seats[firstFresh].isFresh { firstFresh += 1 }
        var clients: [ClientID] = []
        for index in indices(of: allowed, from: firstFresh) {
            guard clients.count < count else { break }
            if seats[index].isFresh { clients.append(ClientID(UInt32(index))) }
        }
        return clients
    }

    private mutating func seat(_ clients: [ClientID], _ worker: WireIdentifier) {
        for client in clients {
            giveUpPlace(of: client)
            seats[Int(client.rawValue)] = Seat(host: worker, lastHost: worker)
        }
        hosted[worker, default: []] += clients
        hostedCount += clients.count
    }

    /// The place of a client that nobody hosts is not kept.
    private mutating func giveUpPlace(of client: ClientID) {
        guard let last = seats[Int(client.rawValue)].lastHost else { return }
        kept[last]?.remove(client)
        if kept[last]?.isEmpty == true { kept[last] = nil }
    }
}

extension ClientSet {
    /// For example `client 3` or `clients 0..9`.
    var forPeople: String { count == 1 ? "client \(self)" : isEmpty ? "no client" : "clients \(self)" }
}
