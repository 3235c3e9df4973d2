import Diagnostics
import Federation
import Scenarios
import Settings
import Testing

@Suite struct BehaviourSchemaTests {
    private func scenario(_ keys: String) throws(Problem) -> Scenario { try .with(keys) }

    @Test("Behaviours are a list, each with its clients, its rounds and its settings")
    func list() throws {
        let rules = try scenario(
            """
            behaviours:
              - {kind: gaussian, share: 0.2, deviation: 3}
              - kind: label-flip
                clients: [4, 7]
                flip: targeted
                source: 2
                target: 3
                from: 2
                until: 4
              - {kind: backdoor, clients: "0..2,9"}
              - {kind: sign-flip, clients: 5}
            """
        ).behaviours
        #expect(rules.map(\.choice.name) == ["gaussian", "label-flip", "backdoor", "sign-flip"])
        #expect(rules[0].clients == .share(0.2) && rules[0].rounds == 1...UInt32.max)
        #expect(rules[0].choice.values.number("deviation") == 3)
        #expect(rules[1].clients == .these([4, 7].map { ClientID($0) }) && rules[1].rounds == 2...4)
        #expect(rules[1].choice.values.wholeNumber("source") == 2)
        #expect(rules[2].clients == .these([0, 1, 2, 9].map { ClientID($0) }))
        #expect(rules[2].choice.values.wholeNumber("target") == 1)
        #expect(rules[3].clients == .these([ClientID(5)]))
        #expect(try scenario("").behaviours.isEmpty && (try scenario("behaviours: []")).behaviours.isEmpty)
    }

    @Test("A list can be set whole")
    func override() throws {
        let text = "rounds: 5\nclients: 10\n"
        let set = ScenarioOverride(key: "behaviours", value: "[{kind: alie, share: 0.3}]")
        let rules = try Scenario.parse(text, file: "test.yaml", overrides: [set]).behaviours
        #expect(rules == [BehaviourRule(BehaviourChoice(ALIE.self), clients: .share(0.3))])
    }

    @Test(
        "What a behaviour cannot be is refused with its line",
        arguments: [
            ("{kind: gausian, share: 0.2}", "Write \"gaussian\"", 4),
            ("{kind: gaussian}", "neither share nor clients says whose", 4),
            ("{share: 0.5}", "\"behaviours[1].kind\" is missing", 4),
            ("{kind: gaussian, share: 0.2, clients: 3}", "say the same thing twice", 4),
            ("{kind: gaussian, share: 0.01}", "is nobody's", 4),
            ("{kind: gaussian, clients: [3, 10]}", "is client 10's, and the clients are 0 to 9", 4),
            ("{kind: gaussian, clients: many}", "client ids, for example 3", 4),
            ("{kind: gaussian, clients: [a]}", "client ids, for example 3", 4),
            ("{kind: gaussian, clients: 3, z: 2}", "goes with kind: alie only", 4),
            ("{kind: gaussian, clients: 3, devation: 2}", "Write \"deviation\"", 4),
            ("{kind: gaussian, clients: 3, from: 4, until: 3}", "before the first round", 4),
            ("{kind: backdoor, clients: 3, target: 10}", "wants class 10", 4),
            ("gaussian", "has to be a section", 4),
            ("{kind: scaling, share: 1}\n  - {kind: scaling, share: 2}", "\"behaviours[2].share\"", 5),
        ])
    func refused(item: String, reason: String, line: Int) {
        let problem = #expect(throws: Problem.self) { try scenario("behaviours:\n  - \(item)") }
        let text = (problem?.what ?? "") + " " + (problem?.remedy ?? "")
        #expect(text.contains(reason), "\(text)")
        #expect(problem?.place?.contains("test.yaml:\(line)") == true, "\(problem?.place ?? "")")
    }

    @Test(
        "Attackers know nothing that depends on what nobody else can know",
        arguments: [
            ("strategy: scaffold", "depend on what these remember"),
            ("train: {local_epochs: 2, partial_work: 0.5}", "partial_work"),
        ])
    func knowledge(keys: String, reason: String) {
        let problem = #expect(throws: Problem.self) {
            try scenario("\(keys)\nbehaviours: [{kind: ipm, share: 0.2}]")
        }
        #expect(problem?.what.contains(reason) == true, "\(problem?.what ?? "")")
        #expect(throws: Never.self) { try scenario("\(keys)\nbehaviours: [{kind: sign-flip, share: 0.2}]") }
    }

    @Test("Only a list of sections is one, and it has an end")
    func kinds() {
        for keys in ["behaviours: gaussian", "behaviours: {kind: gaussian, share: 0.2}"] {
            let problem = #expect(throws: Problem.self) { try scenario(keys) }
            #expect(problem?.what.contains("has to be a list of at most 16 sections") == true)
        }
        let many = Array(repeating: "{kind: lazy, share: 0.2}", count: 17).joined(separator: ", ")
        let problem = #expect(throws: Problem.self) { try scenario("behaviours: [\(many)]") }
        #expect(problem?.what.contains("has 17 items") == true)
    }

    @Test("Attackers that know others' updates know those of all that are selected, also of those over the cohort")
    func tooManyKnown() throws {
        let keys = "cohort: 900\nbehaviours: [{kind: alie, share: 0.1}]"
        #expect(try Scenario.with(keys, clients: 2_000).selected == 900)
        let problem = #expect(throws: Problem.self) {
            try Scenario.with("round: {over_selection: 0.5}\n\(keys)", clients: 2_000)
        }
        #expect(problem?.what.contains("of 1000 in a round at most") == true)
    }
}
