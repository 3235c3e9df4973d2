import Federation
import Wire

/// What a roster does, said as plainly as possible: it looks at all clients each time.
struct PlainRoster {
    private var seats: [(host: WireIdentifier?, last: WireIdentifier?)]

    init(population: Int) {
        seats = Array(repeating: (nil, nil), count: population)
    }

    /// `nil` if there is none.
    mutating func assign(count: Int, to worker: WireIdentifier) -> [ClientID]? {
        let free = seats.indices.filter { seats[$0].host == nil }
        let own = free.filter { seats[$0].last == worker }
        let fresh = free.filter { seats[$0].last == nil }
        let away = free.filter { seats[$0].last != nil && seats[$0].last != worker }
        return free.isEmpty ? nil : seat((own + fresh + away).prefix(count).sorted(), worker)
    }

    mutating func restore(_ worker: WireIdentifier) -> [ClientID]? {
        let own = seats.indices.filter { seats[$0].host == nil && seats[$0].last == worker }
        return own.isEmpty ? nil : seat(own, worker)
    }

    /// Deals everything that is fresh to one worker.
    mutating func deal(to worker: WireIdentifier) -> [ClientID] {
        seat(seats.indices.filter { seats[$0].host == nil && seats[$0].last == nil }, worker)
    }

    mutating func release(_ worker: WireIdentifier) -> [ClientID] {
        let released = seats.indices.filter { seats[$0].host == worker }
        for index in released { seats[index].host = nil }
        return released.map { ClientID(UInt32($0)) }
    }

    mutating func expire(_ client: ClientID) {
        let index = Int(client.rawValue)
        if seats[index].host == nil { seats[index].last = nil }
    }

    func host(of client: ClientID) -> WireIdentifier? { seats[Int(client.rawValue)].host }

    private mutating func seat(_ indices: [Int], _ worker: WireIdentifier) -> [ClientID] {
        for index in indices { seats[index] = (worker, worker) }
        return indices.map { ClientID(UInt32($0)) }
    }
}
