package import Federation
package import Wire

/// Which worker hosts which client.
///
/// A worker asks for certain clients, for a number of them, or for its share. One that comes back gets the clients that
/// it had. The deal never touches a result: a client trains to the same bits wherever it is hosted.
///
/// What a worker that comes or goes costs depends on how many clients it hosts, not on how many there are.
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

    /// Gives the worker clients of its choice, all or none.
    package mutating func assign(_ clients: [ClientID], to worker: WireIdentifier) throws(WireError) -> [ClientID] {
        for client in clients {
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
    package mutating func assign(count: Int, to worker: WireIdentifier) throws(WireError) -> [ClientID] {
        guard hostedCount < seats.count else {
            throw WireError(.clientUnavailable, "all \(seats.count) clients of the run are hosted")
        }
        var clients = Array(keptClients(of: worker).prefix(count))
        clients += fresh(count - clients.count)
        var index = 0
        while clients.count < count, index < seats.count {
            if seats[index].isAway(for: worker) { clients.append(ClientID(UInt32(index))) }
            index += 1
        }
        clients.sort()
        seat(clients, worker)
        return clients
    }

    /// Gives a worker that came back what it had; `nil` if it had nothing that is still free.
    package mutating func restore(_ worker: WireIdentifier) -> [ClientID]? {
        let own = keptClients(of: worker)
        guard !own.isEmpty else { return nil }
        seat(own, worker)
        return own
    }

    /// Deals the clients that nobody has a claim to evenly among `workers`, in runs of neighbouring ids; a worker for
    /// whom nothing is left is not in the result.
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

    /// The worker that hosts the client now.
    package func host(of client: ClientID) -> WireIdentifier? {
        let index = Int(client.rawValue)
        return seats.indices.contains(index) ? seats[index].host : nil
    }

    private func keptClients(of worker: WireIdentifier) -> [ClientID] {
        (kept[worker] ?? []).sorted()
    }

    /// Up to `count` clients that nobody hosts and for whom no place is kept, ascending.
    private mutating func fresh(_ count: Int) -> [ClientID] {
        while firstFresh < seats.count, !seats[firstFresh].isFresh { firstFresh += 1 }
        var clients: [ClientID] = []
        var index = firstFresh
        while clients.count < count, index < seats.count {
            if seats[index].isFresh { clients.append(ClientID(UInt32(index))) }
            index += 1
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
