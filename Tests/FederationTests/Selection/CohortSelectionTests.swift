import Federation
import Settings
import TestSupport
import Testing

/// Which clients a machine selects, seen from outside.
struct CohortSelectionTests {
    /// The cohorts of a run in which everybody is there and reports; `examples` are those of each client.
    private func cohorts(
        seed: UInt64 = 7, rounds: UInt32, cohort: Int, examples: [Int], joining order: [Int]? = nil
    ) -> [[ClientID]] {
        var machine = RoundMachine.begun(
            RoundPlan(seed: seed, rounds: rounds, clients: examples.count, cohort: cohort, minimumUpdates: 1))
        var cohorts: [[ClientID]] = []
        var events = (order ?? Array(examples.indices)).map { client in
            RoundEvent.clientJoined(ClientID(UInt32(client)), examples: examples[client])
        }
        events.reverse()
        while let event = events.popLast() {
            for directive in machine.handle(event) {
                switch directive {
                case .openRound(_, let cohort): cohorts.append(cohort)
                case .invite(let key): events.append(.updateArrived(key))
                case .closeRound(let closure): events.append(.roundCommitted(round: closure.round))
                default: break
                }
            }
        }
        return cohorts
    }

    private func ids(_ numbers: [UInt32]) -> [ClientID] { numbers.map { ClientID($0) } }

    @Test("Cohorts are ascending, distinct and of the size asked for")
    func form() {
        let cohorts = cohorts(rounds: 200, cohort: 7, examples: .init(repeating: 5, count: 30))
        #expect(cohorts.count == 200)
        for cohort in cohorts {
            #expect(cohort.count == 7)
            #expect(zip(cohort, cohort.dropFirst()).allSatisfy { $0 < $1 })
            #expect(cohort.allSatisfy { $0.rawValue < 30 })
        }
    }

    @Test("The seed decides the cohorts, the order of joining does not")
    func determinism() {
        let examples = [Int](repeating: 5, count: 12)
        let expected = cohorts(rounds: 50, cohort: 4, examples: examples)
        #expect(cohorts(rounds: 50, cohort: 4, examples: examples) == expected)
        #expect(cohorts(rounds: 50, cohort: 4, examples: examples, joining: (0..<12).reversed()) == expected)
        #expect(cohorts(seed: 8, rounds: 50, cohort: 4, examples: examples) != expected)
        #expect(cohorts(seed: 7 | 1 << 32, rounds: 50, cohort: 4, examples: examples) != expected)
        #expect(Set(expected).count > 40)
    }

    @Test("A longer run begins with the cohorts of a shorter one")
    func prefix() {
        let examples = [Int](repeating: 5, count: 12)
        let long = cohorts(rounds: 40, cohort: 4, examples: examples)
        #expect(cohorts(rounds: 10, cohort: 4, examples: examples) == Array(long.prefix(10)))
    }

    @Test("Over the rounds each client is selected equally often", arguments: [1, 3, 9])
    func uniform(size: Int) {
        let rounds = 5000
        var counts = [Int](repeating: 0, count: 10)
        for cohort in cohorts(rounds: UInt32(rounds), cohort: size, examples: .init(repeating: 1, count: 10)) {
            for client in cohort { counts[Int(client.rawValue)] += 1 }
        }
        // Without replacement counts vary less than independent ones would: by 1 − size/10, over nine free cells.
        let share = Double(size) / 10
        let statistic = ChiSquare.statistic(counts, expected: counts.map { _ in Double(rounds) * share })
        #expect(statistic / (1 - share) * 9 / 10 < ChiSquare.criticalValue(degreesOfFreedom: 9))
    }

    @Test("Every cohort of a size is equally likely")
    func sets() {
        var counts: [[ClientID]: Int] = [:]
        for cohort in cohorts(rounds: 5000, cohort: 2, examples: .init(repeating: 1, count: 5)) {
            counts[cohort, default: 0] += 1
        }
        #expect(counts.count == 10)
        #expect(ChiSquare.looksUniform(Array(counts.values)))
    }

    @Test("All clients are selected where the cohort is as large as the population")
    func everybody() {
        let all = ids(Array(0..<6))
        #expect(cohorts(rounds: 3, cohort: 6, examples: .init(repeating: 2, count: 6)) == [all, all, all])
    }

    @Test("Clients without examples are never selected")
    func noExamples() {
        let examples = [3, 0, 1, 0, 0, 2, 9, 0]
        let withExamples = ids([0, 2, 5, 6])
        let few = cohorts(rounds: 100, cohort: 2, examples: examples)
        #expect(few.allSatisfy { $0.count == 2 && $0.allSatisfy(withExamples.contains) })
        #expect(Set(few.joined()) == Set(withExamples))
        // More are asked for than have examples: all of those that do.
        #expect(cohorts(rounds: 2, cohort: 6, examples: examples) == [withExamples, withExamples])
    }

    // From an implementation of Philox and of Floyd's algorithm in Python.
    @Test("The cohorts of seed 7 stay what they are")
    func golden() {
        #expect(
            cohorts(rounds: 4, cohort: 4, examples: .init(repeating: 1, count: 10)) == [
                ids([3, 5, 8, 9]), ids([1, 5, 7, 9]), ids([5, 6, 7, 8]), ids([5, 6, 7, 8]),
            ])
    }

    private func candidates(_ examples: [Int]) -> Candidates {
        Candidates(clients: ids(examples.indices.map { UInt32($0) })) { examples[Int($0.rawValue)] }
    }

    // P(i is one of two) = Σ over both orders of what is left, for weights 1, 2, 3, 4.
    @Test("By weight, a client is drawn by its part of the examples of those that are left")
    func weighted() {
        let weights = [1, 2, 3, 4]
        var expected = [Double](repeating: 0, count: 4)
        for first in 0..<4 {
            for second in 0..<4 where second != first {
                let chance = Double(weights[first]) / 10 * Double(weights[second]) / Double(10 - weights[first])
                expected[first] += chance
                expected[second] += chance
            }
        }
        let rule = WeightedSelection(SettingValues([]))
        let rounds = 20_000
        var counts = [Int](repeating: 0, count: 4)
        for round in 1...UInt32(rounds) {
            let cohort = rule.select(2, of: candidates(weights), seed: 3, round: round)
            #expect(cohort.count == 2 && cohort[0] < cohort[1])
            for client in cohort { counts[Int(client.rawValue)] += 1 }
        }
        for (count, chance) in zip(counts, expected) {
            // Four standard deviations.
            let deviation = (Double(rounds) * chance * (1 - chance)).squareRoot()
            #expect(abs(Double(count) - Double(rounds) * chance) < 4 * deviation)
        }
    }

    @Test("In turn, nobody is selected again before everybody else has been", arguments: [1, 3, 4, 7])
    func roundRobin(size: Int) {
        let rule = RoundRobinSelection(SettingValues([]))
        let all = candidates([Int](repeating: 1, count: 10))
        var counts = [Int](repeating: 0, count: 10)
        for round in 1...UInt32(40) {
            let cohort = rule.select(size, of: all, seed: 3, round: round)
            #expect(Set(cohort).count == size && cohort == cohort.sorted())
            for client in cohort { counts[Int(client.rawValue)] += 1 }
            #expect((counts.max() ?? 0) - (counts.min() ?? 0) <= 1)
        }
        #expect(rule.select(size, of: all, seed: 4, round: 1) != rule.select(size, of: all, seed: 3, round: 1))
    }
}
