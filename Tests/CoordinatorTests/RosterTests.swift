import Coordinator
import Federation
import Identity
import Randomness
import Testing
import Wire

struct RosterTests {
    let first = WireIdentifier.random()
    let second = WireIdentifier.random()
    let third = WireIdentifier.random()

    func clients(_ ids: ClosedRange<UInt32>) -> [ClientID] { ids.map { ClientID($0) } }

    @Test("A number of clients is given from the lowest free id")
    func count() throws {
        var roster = Roster(population: 5)
        #expect(try roster.assign(count: 2, to: first) == clients(0...1))
        #expect(try roster.assign(count: 9, to: second) == clients(2...4))
        #expect(throws: WireError.self) { try roster.assign(count: 1, to: third) }
        #expect(roster.host(of: ClientID(1)) == first && roster.host(of: ClientID(4)) == second)
        #expect(roster.host(of: ClientID(5)) == nil)
    }

    @Test("Certain clients are given all or none")
    func choice() throws {
        var roster = Roster(population: 5)
        #expect(try roster.assign([ClientID(3)], to: first) == [ClientID(3)])
        #expect(throws: WireError.self) { try roster.assign(clients(2...3), to: second) }
        #expect(roster.host(of: ClientID(2)) == nil)
        #expect(throws: WireError.self) { try roster.assign([ClientID(5)], to: second) }
    }

    @Test("A worker that comes back gets what it had; another gets it only after all others")
    func comeBack() throws {
        var roster = Roster(population: 4)
        _ = try roster.assign(count: 2, to: first)
        #expect(roster.release(first) == clients(0...1))
        #expect(try roster.assign(count: 3, to: second) == [ClientID(0), ClientID(2), ClientID(3)])
        #expect(roster.restore(first) == [ClientID(1)])
        #expect(roster.restore(third) == nil)
    }

    @Test("Shares are even, and leave out what is kept for a worker that may come back")
    func shares() throws {
        var roster = Roster(population: 8)
        _ = try roster.assign([ClientID(0)], to: third)
        _ = roster.release(third)
        let dealt = roster.deal(among: [first, second])
        #expect(dealt.map(\.worker) == [first, second])
        #expect(dealt.map(\.clients) == [clients(1...4), clients(5...7)])
        #expect(roster.deal(among: [third]).isEmpty)
        roster.expire(ClientID(0))
        #expect(roster.deal(among: [third]).map(\.clients) == [[ClientID(0)]])
        _ = roster.release(first)
        _ = roster.release(third)
        roster.expireAll(of: ClientSet(clients(1...7)))
        #expect(roster.restore(first) == nil)
        #expect(roster.restore(third) == [ClientID(0)])
        _ = roster.release(third)
        roster.expireAll()
        #expect(roster.deal(among: [third]).map(\.clients) == [clients(0...4)])
    }

    @Test("A worker gets only clients that it may have, however it asks for them")
    func allowed() throws {
        var roster = Roster(population: 8)
        let low = ClientSet(clients(0...2))
        #expect(throws: WireError.self) { try roster.assign([ClientID(2), ClientID(3)], to: first, of: low) }
        #expect(roster.host(of: ClientID(2)) == nil)
        #expect(try roster.assign([ClientID(2)], to: first, of: low) == [ClientID(2)])
        #expect(try roster.assign(count: 5, to: second, of: low) == clients(0...1))
        #expect(throws: WireError.self) { try roster.assign(count: 1, to: third, of: low) }
        // None of the run's: waiting would not help.
        do {
            _ = try roster.assign(count: 1, to: third, of: ClientSet(clients(8...9)))
            Issue.record("it was given a client")
        } catch {
            #expect(error.code == .clientForbidden)
        }
        // A place is kept only for who may still have it.
        _ = roster.release(second)
        #expect(roster.restore(second, of: ClientSet([ClientID(1)])) == [ClientID(1)])
    }

    @Test("Shares are dealt among those who may have them, as evenly as that allows")
    func allowedShares() {
        var roster = Roster(population: 10)
        let dealt = roster.deal(among: [
            Roster.Claim(worker: first, allowed: ClientSet(clients(0...4))),
            Roster.Claim(worker: second, allowed: ClientSet(clients(3...6))),
            Roster.Claim(worker: third, allowed: ClientSet(clients(20...30))),
        ])
        #expect(dealt.map(\.worker) == [first, second])
        #expect(dealt.map(\.clients) == [clients(0...2) + [], clients(3...6)])
        #expect(roster.host(of: ClientID(7)) == nil)
        let rest = roster.deal(among: [Roster.Claim(worker: third), Roster.Claim(worker: first)])
        #expect(rest.flatMap(\.clients).count == 3)
    }

    @Test("Any number of workers is dealt every client once", arguments: 1...12)
    func covers(_ count: Int) {
        var roster = Roster(population: 7)
        let workers = (0..<count).map { _ in WireIdentifier.random() }
        let dealt = roster.deal(among: workers)
        #expect(dealt.flatMap(\.clients) == clients(0...6))
        #expect(dealt.count == min(count, 7))
        let sizes = dealt.map(\.clients.count)
        #expect((sizes.max() ?? 0) - (sizes.min() ?? 0) <= 1)
    }

    @Test(
        "Whatever happens, it does what one does that looks at all clients each time",
        arguments: 0..<20 as Range<UInt64>)
    func likePlain(seed: UInt64) throws {
        var stream = RandomStream(seed: seed, purpose: .selection)
        let population = 1 + stream.below(12)
        let workers = [first, second, third]
        var roster = Roster(population: population)
        var plain = PlainRoster(population: population)
        for _ in 0..<300 {
            let worker = workers[stream.below(workers.count)]
            let client = ClientID(UInt32(stream.below(population)))
            // Nobody's, or some that the run does not have among them.
            func someClients() -> ClientSet {
                ClientSet((0..<stream.below(8)).map { _ in ClientID(UInt32(stream.below(population + 2))) })
            }
            let allowed: ClientSet? = stream.below(2) == 0 ? nil : someClients()
            switch stream.below(7) {
            case 0, 1:
                let count = 1 + stream.below(5)
                #expect(
                    (try? roster.assign(count: count, to: worker, of: allowed))
                        == plain.assign(count: count, to: worker, of: allowed))
            case 2:
                #expect(roster.restore(worker, of: allowed) == plain.restore(worker, of: allowed))
            case 3:
                // One at least has only some, and often two have the same.
                let some = someClients()
                let claims: [(worker: WireIdentifier, allowed: ClientSet?)] = [
                    (first, some), (second, allowed), (third, stream.below(2) == 0 ? some : allowed),
                ]
                let dealt = roster.deal(among: claims.map { Roster.Claim(worker: $0.worker, allowed: $0.allowed) })
                let plainly = plain.deal(among: claims)
                #expect(dealt.map(\.clients) == plainly.filter { !$0.isEmpty })
                #expect(dealt.map(\.worker) == zip(claims, plainly).filter { !$1.isEmpty }.map { $0.0.worker })
            case 4:
                #expect(roster.deal(among: [worker]).flatMap(\.clients) == plain.deal(to: worker))
            case 5:
                #expect(roster.release(worker) == plain.release(worker))
            default:
                roster.expire(client)
                plain.expire(client)
            }
            #expect(roster.host(of: client) == plain.host(of: client))
        }
    }
}
