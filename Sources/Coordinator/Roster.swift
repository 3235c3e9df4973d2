package import Federation
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
        let free = seats.indices.filter { seats[$0].host == nil }
        guard !free.isEmpty else {
            throw WireError(.clientUnavailable, "all \(seats.count) clients of the run are hosted")
        }
        let own = free.filter { seats[$0].lastHost == worker }
        let fresh = free.filter { seats[$0].lastHost == nil }
        let away = free.filter { seats[$0].lastHost != nil && seats[$0].lastHost != worker }
        let clients = (own + fresh + away).prefix(count).map { ClientID(UInt32($0)) }.sorted()
        seat(clients, worker)
        return clients
    }

    /// Gives a worker that came back what it had; `nil` if it had nothing that is still free.
    package mutating func restore(_ worker: WireIdentifier) -> [ClientID]? {
        let own = seats.indices.filter { seats[$0].host == nil && seats[$0].lastHost == worker }
            .map { ClientID(UInt32($0)) }
        guard !own.isEmpty else { return nil }
        seat(own, worker)
        return own
    }

    /// Deals the clients that nobody has a claim to evenly among `workers`, in runs of neighbouring ids; a worker for
    /// whom nothing is left is not in the result.
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

    private mutating func seat(_ clients: [ClientID], _ worker: WireIdentifier) {
        for client in clients {
            seats[Int(client.rawValue)] = Seat(host: worker, lastHost: worker)
        }
    }
}
