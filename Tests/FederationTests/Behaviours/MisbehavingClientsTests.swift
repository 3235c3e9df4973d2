import Federation
import Settings
import Testing

@Suite struct MisbehavingClientsTests {
    private func clients(_ range: ClosedRange<UInt32>) -> [ClientID] { range.map { ClientID($0) } }

    private func members(_ share: Double, seed: UInt64 = 1) -> Set<ClientID> {
        BehaviourRule(BehaviourChoice(SignFlip.self), clients: .share(share)).members(population: 50, seed: seed)
    }

    @Test("A share is as many clients, drawn by the seed, and a larger share has those of a smaller one")
    func share() {
        #expect(members(0.2).count == 10)
        #expect(members(0.2) == members(0.2) && members(0.2) != members(0.2, seed: 2))
        #expect(members(0.2).isSubset(of: members(0.3)) && members(1).count == 50)
        #expect(members(0.001).isEmpty)
    }

    @Test("A round's behaviours are those of its cohort, in the order of the scenario, in the rounds that they are for")
    func rounds() {
        let misbehaving = MisbehavingClients(
            [
                BehaviourRule(BehaviourChoice(Backdoor.self), clients: .these(clients(2...4))),
                BehaviourRule(BehaviourChoice(SignFlip.self), clients: .these(clients(8...9))),
                BehaviourRule(
                    BehaviourChoice(ModelReplacement.self), clients: .these(clients(2...4)), rounds: 5...6),
            ], population: 10, seed: 1)
        let cohort = clients(0...3)
        let early = misbehaving.behaviours(in: 4, cohort: cohort)
        #expect(early.map(\.choice.name) == ["backdoor"])
        #expect(early[0].clients == clients(2...3) && early[0].known.isEmpty && early[0].place == 0)
        #expect(early[0].attack == AttackContext(round: 4, cohort: 4, attackers: 2))
        let late = misbehaving.behaviours(in: 5, cohort: cohort)
        #expect(late.map(\.place) == [0, 2])
        #expect(late.of(ClientID(3)).map(\.choice.name) == ["backdoor", "model-replacement"])
        #expect(late.of(ClientID(0)).isEmpty)
        #expect(misbehaving.behaviours(in: 7, cohort: cohort).count == 1)
    }

    @Test("Attackers know themselves, or all others of the cohort, as their paper or the scenario says")
    func knowledge() throws {
        func known(_ choice: BehaviourChoice) -> [ClientID] {
            MisbehavingClients(
                [BehaviourRule(choice, clients: .these(clients(2...4)))], population: 10, seed: 1
            ).behaviours(in: 1, cohort: clients(1...3)).flatMap(\.known)
        }
        #expect(known(BehaviourChoice(ALIE.self)) == clients(2...3))
        #expect(known(BehaviourChoice(MinMax.self)) == clients(1...1))
        #expect(known(try BehaviourChoice(name: "alie", settings: [("knows", "honest")])) == clients(1...1))
        #expect(known(BehaviourChoice(Scaling.self)).isEmpty)
    }
}
