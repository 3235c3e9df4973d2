import Federation
import Randomness

/// Makes up what may happen to a run: what a healthy network does, and everything that it should not do.
struct EventGenerator {
    private var stream: RandomStream

    init(seed: UInt64) {
        stream = RandomStream(seed: seed, purpose: .jitter)
    }

    mutating func chance(_ count: Int, in total: Int) -> Bool { stream.below(total) < count }

    mutating func plan() -> RoundPlan {
        let clients = 1 + stream.below(8)
        let cohort = 1 + stream.below(clients)
        let wanted = chance(1, in: 3) ? 1 + stream.below(cohort) : cohort
        let selection = SelectionRules.all[chance(1, in: 2) ? 0 : stream.below(SelectionRules.all.count)]
        return RoundPlan(
            seed: stream.next(), rounds: 1 + UInt32(stream.below(6)), clients: clients,
            startingClients: chance(1, in: 3) ? 1 + stream.below(clients) : clients, cohort: cohort,
            selection: SelectionChoice(selection), wantedUpdates: wanted,
            minimumUpdates: chance(1, in: 3) ? 1 + stream.below(wanted) : 1,
            waitsForEvaluation: chance(1, in: 4),
            deadlines: RoundDeadlines(
                joining: .seconds(1), round: .seconds(2 + stream.below(9)), absence: .seconds(stream.below(3))))
    }

    /// One of `elements`, which are put in order first, so that a set's own order decides nothing.
    mutating func any<Element: Comparable>(_ elements: some Collection<Element>) -> Element? {
        elements.isEmpty ? nil : elements.sorted()[stream.below(elements.count)]
    }

    mutating func event(for run: CheckedMachine) -> RoundEvent {
        switch stream.below(1000) {
        case ..<250: return progress(of: run)
        case ..<370:
            let trains = run.outstanding.filter { run.connected.contains($0) }
            guard let client = any(trains) else { return progress(of: run) }
            return .clientLeft(client)
        case ..<410:
            guard let client = any(run.connected) else { return progress(of: run) }
            return .clientLeft(client)
        case ..<600:
            guard let client = any(run.examples.keys.filter { !run.connected.contains($0) }) else {
                return progress(of: run)
            }
            return joining(client, in: run)
        case ..<640: return joining(client(of: run), in: run)
        case ..<680:
            guard let client = any(run.absences.keys) else { return progress(of: run) }
            return .timerFired(.absence(client, absence: run.absences[client] ?? 0))
        case ..<730: return .timerFired(.absence(client(of: run), absence: UInt32(stream.below(4))))
        case ..<820: return .updateArrived(anyKey(of: run))
        case ..<840:
            guard let client = any(run.outstanding) else { return progress(of: run) }
            return .updateFailed(key(of: client, in: run), anyReason())
        case ..<880:
            // A failure of an attempt that is over, where there is one.
            let again = run.outstanding.filter { run.attempts[$0, default: 0] > 1 }
            guard let client = any(again) else { return progress(of: run) }
            let attempt = run.attempts[client, default: 0] - 1
            return .updateFailed(UpdateKey(round: run.round, client: client, attempt: attempt), anyReason())
        case ..<930: return .updateFailed(anyKey(of: run), anyReason())
        case ..<940: return .timerFired(.round(run.round))
        case ..<965: return .timerFired(.round(anyRound(of: run)))
        case ..<980: return .roundCommitted(round: anyRound(of: run))
        case ..<989: return .roundAggregated(round: anyRound(of: run))
        case ..<991: return .endReached(.target)
        case ..<996: return .timerFired(.joining)
        default: return .stopRequested
        }
    }

    /// An event that brings the run nearer to its end.
    mutating func progress(of run: CheckedMachine) -> RoundEvent {
        switch run.phase {
        case .joining:
            let missing = (0..<UInt32(run.plan.clients)).map { ClientID($0) }.filter { run.examples[$0] == nil }
            return joining(any(missing) ?? ClientID(0), in: run)
        case .collecting:
            if run.committed < run.aggregated, chance(1, in: 4) { return .roundCommitted(round: run.committed + 1) }
            guard let client = any(run.outstanding) else { return .timerFired(.round(run.round)) }
            if run.connected.contains(client) { return .updateArrived(key(of: client, in: run)) }
            return .timerFired(.absence(client, absence: run.absences[client] ?? 0))
        case .waiting where run.committed < run.aggregated && chance(1, in: 2):
            return .roundCommitted(round: run.committed + 1)
        case .waiting:
            guard
                let client = any(
                    (0..<UInt32(run.plan.clients)).map { ClientID($0) }.filter { !run.connected.contains($0) })
            else { return .timerFired(.joining) }
            return chance(1, in: 6) ? .timerFired(.joining) : joining(client, in: run)
        case .closing where run.aggregated < run.round && chance(2, in: 3):
            return .roundAggregated(round: run.round)
        case .closing, .abandoned, .over:
            return .roundCommitted(round: run.committed + 1)
        }
    }

    private mutating func joining(_ client: ClientID, in run: CheckedMachine) -> RoundEvent {
        .clientJoined(client, examples: run.examples[client] ?? (chance(1, in: 8) ? 0 : 1 + stream.below(9)))
    }

    private mutating func client(of run: CheckedMachine) -> ClientID {
        ClientID(UInt32(stream.below(run.plan.clients)))
    }

    private func key(of client: ClientID, in run: CheckedMachine) -> UpdateKey {
        UpdateKey(round: run.round, client: client, attempt: run.attempts[client] ?? 0)
    }

    private mutating func anyRound(of run: CheckedMachine) -> UInt32 { UInt32(stream.below(Int(run.round) + 2)) }

    /// Mostly of the round, sometimes of another one, a client that does not exist or an attempt that never was.
    private mutating func anyKey(of run: CheckedMachine) -> UpdateKey {
        UpdateKey(
            round: chance(2, in: 3) ? run.round : anyRound(of: run),
            client: ClientID(UInt32(stream.below(run.plan.clients + 1))), attempt: UInt32(stream.below(4)))
    }

    private mutating func anyReason() -> FailureReason {
        [.diverged, .failed, .rejected, .excluded, .straggler][stream.below(5)]
    }
}
