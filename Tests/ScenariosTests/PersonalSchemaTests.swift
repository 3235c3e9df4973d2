import Diagnostics
import Federation
import Scenarios
import Settings
import Testing

/// What a scenario says of clients that evaluate models and have some of their own.
struct PersonalSchemaTests {
    private func scenario(_ keys: String) throws -> Scenario {
        try Scenario.parse("rounds: 5\n\(keys)", file: "test.yaml")
    }

    @Test("Clients are a number, or a section with it")
    func clients() throws {
        #expect(try scenario("clients: 10").evaluation == .none)
        let scenario = try scenario("clients: {count: 10, holdout: 0.2, fine_tune_epochs: 2}\ncohort: 4")
        #expect(scenario.clients == 10 && scenario.cohort == 4)
        #expect(scenario.evaluation == ClientEvaluation(holdout: 0.2, fineTuneEpochs: 2))
        #expect(scenario.summary == "10 clients, 4 in each of 5 rounds, cnn on mnist, iid, 20 % held out")
    }

    @Test("Layers that stay with the clients are named, one or several")
    func layers() throws {
        for (text, names) in [("dense2", ["dense2"]), ("[conv1, dense2]", ["conv1", "dense2"]), ("last", ["last"])] {
            let scenario = try scenario(
                "clients: {count: 10, holdout: 0.2}\nstrategy: {name: fedper, personal_layers: \(text)}")
            #expect(scenario.strategy.values.names("personal_layers") == names)
            #expect(scenario.strategy.make().parts.personal == .layers(names))
        }
    }

    @Test(
        "What does not go together is refused, with its place and its remedy",
        arguments: [
            ("", #"test.yaml: "clients" is missing"#, #"Add a line "clients: …"."#),
            ("clients: {holdout: 0.2}", #"test.yaml: "clients.count" is missing"#, #"Add a line "count: …"."#),
            ("clients: {count: 10, holdout: 0.95}", #"test.yaml:2:31: "clients.holdout" is 0.95"#, ""),
            (
                "clients: {count: 10, fine_tune_epochs: 2}",
                #"test.yaml:2:40: "clients.fine_tune_epochs" is for a model"#,
                "holdout: 0.2"
            ),
            ("clients: 10\nstrategy: ditto", #"test.yaml:3:11: "strategy" is ditto, which gives each"#, "holdout: 0.2"),
            (
                "clients: {count: 10, holdout: 0.2}\nstrategy: {name: fedper, personal_layers: dense3}",
                #"is to leave the layer dense3 with its clients, but the model's layers are conv1, conv2, dense1, dense2"#,
                ""
            ),
            (
                "clients: {count: 10, holdout: 0.2}\nmodel: logistic\nstrategy: fedper",
                "nothing would be learnt together",
                ""
            ),
            (
                "clients: {count: 10, holdout: 0.2}\nstrategy: {name: fedper, personal_layers: [a b]}",
                #""strategy.personal_layers" is"#, ""
            ),
            (
                "clients: {count: 10, holdout: 0.2, fine_tune_epochs: 1}\nstrategy: fedrep",
                "with fedrep clients have models of their own", "Leave it out."
            ),
            (
                "clients: {count: 10, holdout: 0.2}\nstrategy: fedrep\ntarget: 0.9",
                #"test.yaml:4:9: "target" is an accuracy of the global model"#, "Leave it out."
            ),
        ])
    func mistakes(keys: String, what: String, remedy: String) {
        let problems = #expect(throws: ScenarioProblems.self) {
            try Scenario.check("rounds: 5\n\(keys)", file: "test.yaml")
        }
        let texts = problems?.all.map(\.problem.description) ?? []
        #expect(texts.count == 1 && texts[0].contains(what) && texts[0].contains(remedy), "\(texts)")
    }
}
