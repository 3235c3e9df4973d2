import Federation
import Identity
import Wire

/// What a roster does, said as plainly as possible: it looks at all clients each time.
struct PlainRoster {
    private var seats: [(host: WireIdentifier?, last: WireIdentifier?)]

    init(population: Int) {
        seats = Array(repeating: (nil, nil), count: population)
    }

    /// `nil` if there is none.
    mutating func assign(count: Int, to worker: WireIdentifier, of allowed: ClientSet?) -> [ClientID]? {
        let free = seats.indices.filter { seats[$0].host == nil && admits(allowed, $0) }
        let own = free.filter { seats[$0].last == worker }
        let fresh = free.filter { seats[$0].last == nil }
        let away = free.filter { seats[$0].last != nil && seats[$0].last != worker }
        return free.isEmpty ? nil : seat((own + fresh + away).prefix(count).sorted(), worker)
    }

    mutating func restore(_ worker: WireIdentifier, of allowed: ClientSet?) -> [ClientID]? {
        let own = seats.indices.filter {
            seats[$0].host == nil && seats[$0].last == worker && admits(allowed, $0)
        }
        return own.isEmpty ? nil : seat(own, worker)
    }

    /// Deals everything that is fresh to one worker.
    mutating func deal(to worker: WireIdentifier) -> [ClientID] {
        seat(seats.indices.filter { seats[$0].host == nil && seats[$0].last == nil }, worker)
    }

    /// Deals everything that is fresh, one after the other to who may have it and has the fewest; what each of them gets.
    mutating func deal(among claims: [(worker: WireIdentifier, allowed: ClientSet?)]) -> [[ClientID]] {
        var dealt = claims.map { _ in [ClientID]() }
        for index in seats.indices where seats[index].host == nil && seats[index].last == nil {
            let candidates = claims.indices.filter { admits(claims[$0].allowed, index) }
            guard let chosen = candidates.min(by: { dealt[$0].count < dealt[$1].count }) else { continue }
            dealt[chosen] += seat([index], claims[chosen].worker)
        }
        return dealt
    }

    private func admits(_ allowed: ClientSet?, _ index: Int) -> Bool {
        allowed?.contains(ClientID(UInt32(index))) ?? true
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
