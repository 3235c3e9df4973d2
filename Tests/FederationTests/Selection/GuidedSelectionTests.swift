import Federation
import Foundation
import Settings
import Testing

/// The rules that go by what is known of clients from the rounds before.
@Suite struct GuidedSelectionTests {
    private func rule(_ type: any SelectionRule.Type, _ settings: [(name: String, text: String)] = []) throws
        -> any SelectionRule
    {
        type.init(try SettingValues(type.settings, texts: settings))
    }

    private func candidates(
        _ count: Int, examples: @escaping (ClientID) -> Int = { _ in 10 },
        _ experience: @escaping (ClientID) -> Experience?
    ) -> Candidates {
        Candidates(
            clients: (0..<UInt32(count)).map { ClientID($0) }, examples: examples, experience: experience)
    }

    private func numbers(_ clients: [ClientID]) -> [UInt32] { clients.map(\.rawValue) }

    @Test("Power of choice takes the greatest losses of its candidates, and before them who has not been heard")
    func powerOfChoice() throws {
        let losses: [Double?] = [0.2, 0.9, nil, 0.4, 0.8, 0.1, nil, 0.3]
        let known = candidates(8) { client in
            losses[Int(client.rawValue)].map { Experience(round: 1, loss: $0) }
        }
        let all = try rule(PowerOfChoiceSelection.self, [(name: "candidates", text: "8")])
        for round in 1...UInt32(20) {
            #expect(numbers(all.select(4, of: known, seed: 1, round: round)) == [1, 2, 4, 6])
            #expect(numbers(all.select(2, of: known, seed: 1, round: round)) == [2, 6])
        }
        // One of the two is taken; which, the seed decides.
        let first = Set((1...UInt32(40)).flatMap { numbers(all.select(1, of: known, seed: 1, round: $0)) })
        #expect(first == [2, 6])
    }

    @Test("Its candidates are drawn by their examples, twice as many as are selected")
    func powerOfChoiceCandidates() throws {
        let examples = { (client: ClientID) in client.rawValue < 10 ? 90 : 10 }
        let known = candidates(20, examples: examples) { Experience(round: 1, loss: Double($0.rawValue)) }
        let rule = try rule(PowerOfChoiceSelection.self)
        var chosen: [UInt32: Int] = [:]
        for round in 1...UInt32(400) {
            let selected = numbers(rule.select(2, of: known, seed: 3, round: round))
            #expect(selected.count == 2 && selected[0] < selected[1])
            for client in selected { chosen[client, default: 0] += 1 }
        }
        // With all as candidates nobody but 18 and 19 would be; with two drawn alike, everybody as often.
        #expect(chosen[19, default: 0] < 200 && chosen[19, default: 0] > 0)
        #expect((5..<10).reduce(0) { $0 + chosen[$1, default: 0] } > 150)
        #expect((0..<3).reduce(0) { $0 + chosen[$1, default: 0] } < 40)
    }

    @Test("Oort explores first, and less from round to round")
    func oortExplores() throws {
        let oort = try rule(OortSelection.self)
        #expect(Set(numbers(oort.select(5, of: candidates(20) { _ in nil }, seed: 1, round: 1))).count == 5)
        let half = candidates(20) { $0.rawValue < 10 ? Experience(round: 1, loss: 1, seconds: 1) : nil }
        // ε = 0.9 · 0.98^(t − 1), and at least 0.2: of ten places that is so many for the untried.
        for (round, untried) in [(UInt32(1), 9), (12, 7), (30, 5), (200, 2)] {
            #expect(numbers(oort.select(10, of: half, seed: 1, round: round)).count { $0 >= 10 } == untried)
        }
        // Where too few are tried, the others are explored all the same.
        let few = candidates(20) { $0.rawValue < 2 ? Experience(round: 1, loss: 1, seconds: 1) : nil }
        #expect(numbers(oort.select(10, of: few, seed: 1, round: 200)).prefix(2) == [0, 1])
    }

    @Test("Oort exploits those with much to learn from, and passes over the slow")
    func oortExploits() throws {
        let settings = [
            (name: "exploration", text: "0"), (name: "exploration_least", text: "0"), (name: "cutoff", text: "1"),
        ]
        let oort = try rule(OortSelection.self, settings)
        // Examples × loss: 40 for the last ones, fewer the lower the id.
        let byLoss = candidates(40) { Experience(round: 5, loss: Double($0.rawValue), seconds: 1) }
        // Beyond the 95th percentile nobody counts for more: 37, 38 and 39 are alike.
        #expect(numbers(oort.select(5, of: byLoss, seed: 1, round: 6)) == [35, 36, 37, 38, 39])
        // 36 to 39 take ten times as long, which leaves a hundredth of their utility.
        let slow = candidates(40) {
            Experience(round: 5, loss: Double($0.rawValue), seconds: $0.rawValue >= 36 ? 10 : 1)
        }
        #expect(numbers(oort.select(5, of: slow, seed: 1, round: 6)) == [31, 32, 33, 34, 35])
        let patient = try rule(OortSelection.self, settings + [(name: "penalty", text: "0")])
        #expect(numbers(patient.select(5, of: slow, seed: 1, round: 6)) == [35, 36, 37, 38, 39])
        // Who has not been heard for long comes to its turn: √(0.1 ln 1000 / L) is 0.83 for L = 1, and 0.03 for L = 900.
        let old = candidates(40) { Experience(round: $0.rawValue < 3 ? 1 : 900, loss: 1 + Double($0.rawValue) / 100) }
        #expect(Set(numbers(oort.select(20, of: old, seed: 1, round: 1000))).isSuperset(of: [0, 1, 2]))
    }

    @Test("Both are functions of what they are told, the seed and the round")
    func determinism() throws {
        let known = candidates(50) {
            $0.rawValue % 3 == 0
                ? nil : Experience(round: 3, loss: Double($0.rawValue % 7), seconds: Double($0.rawValue))
        }
        for type in [PowerOfChoiceSelection.self, OortSelection.self] as [any SelectionRule.Type] {
            let rule = try rule(type)
            let chosen = (1...UInt32(30)).map { rule.select(9, of: known, seed: 5, round: $0) }
            #expect(chosen == (1...UInt32(30)).map { rule.select(9, of: known, seed: 5, round: $0) })
            #expect(chosen != (1...UInt32(30)).map { rule.select(9, of: known, seed: 6, round: $0) })
            #expect(chosen.allSatisfy { $0.count == 9 && zip($0, $0.dropFirst()).allSatisfy { $0 < $1 } })
            #expect(rule.needsExperience && !rule.needsPresence)
        }
    }
}
