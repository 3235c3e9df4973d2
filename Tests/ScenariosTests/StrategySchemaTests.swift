import Diagnostics
import Federation
import Learning
import Scenarios
import Settings
import Testing

@Suite struct StrategySchemaTests {
    private func scenario(_ keys: String) throws(Problem) -> Scenario { try .with(keys, clients: 3) }

    @Test("A strategy by its name, or with settings; what is left out has its default")
    func names() throws {
        #expect(try scenario("").strategy == .fedavg)
        #expect(try scenario("strategy: fedadam").strategy == StrategyChoice(FedAdam.self))
        let adam = try scenario("strategy: {name: fedadam, tau: 0.01, weighting: uniform}").strategy
        #expect(adam.values.number("tau") == 0.01 && adam.values.number("beta1") == 0.9)
        #expect(adam.make().weighting == .uniform)
        #expect(try scenario("strategy: fedadagrad").strategy.values.number("beta1") == 0)
        #expect(try scenario("strategy: scaffold").strategy.make().weighting == .uniform)
    }

    @Test(
        "What a strategy cannot have is refused with its line",
        arguments: [
            ("strategy: {name: fedprox, beta: 0.5}", "goes with name: fedavgm only"),
            ("strategy: {name: fedavgm, beta: 1}", "from 0 to 1, but not 1"),
            ("strategy: {name: feddyn, alpha: 0}", "from 0 to 1000, but not 0"),
            ("strategy: scafold", "scaffold"),
            ("strategy: scaffold\ntrain: {optimizer: adam}", "optimizer: sgd"),
            ("strategy: fedsgd", "local_epochs: 1, batch_size: all"),
            ("strategy: qffl\ntrain: {optimizer: adam}", "optimizer: sgd"),
            ("strategy: {name: qffl, weighting: uniform}", "goes with name: fedavg"),
            ("strategy: {name: feddyn, schedule: cosine}", "has a server_learning_rate, which feddyn has not"),
            ("train: {schedule: cosine, decay: 0.5}", "goes with schedule: step or schedule: exponential only"),
            ("train: {decay_to: 0.5}", "goes with schedule: cosine only"),
        ])
    func refused(keys: String, reason: String) {
        let problem = #expect(throws: Problem.self) { try scenario(keys) }
        let text = (problem?.what ?? "") + " " + (problem?.remedy ?? "")
        #expect(text.contains(reason), "\(text)")
        #expect(problem?.place?.contains("test.yaml:3") == true)
    }

    @Test("Schedules of the clients' and the server's learning rates")
    func schedules() throws {
        let step = try scenario("train: {schedule: step, decay_every: 2, decay: 0.5, learning_rate: 0.4}")
        #expect((1...5).map { step.training(in: $0).learningRate } == [0.4, 0.4, 0.2, 0.2, 0.1])
        let cosine = try scenario("strategy: {name: fedavg, schedule: cosine}")
        #expect(cosine.serverRateFactor(in: 5) == 0 && cosine.training(in: 5) == cosine.train)
        #expect(try scenario("train: {warm_up_rounds: 2}").schedule.factor(in: 1, of: 5) == 0.5)
    }

    @Test("Partial work: some clients of a round do from 1 to E epochs, the same ones whoever asks")
    func partialWork() throws {
        let scenario = try scenario("train: {local_epochs: 4, partial_work: 0.5}")
        let clients = (0..<UInt32(200)).map { ClientID($0) }
        let partial = (1...UInt32(5)).map { scenario.partialWork(of: clients, in: $0) }
        let epochs = partial.flatMap { partial in clients.map { partial[$0] ?? 4 } }
        // Half of them whole, and of the others a quarter each.
        for (count, expected) in [(1, 125), (2, 125), (3, 125), (4, 625)] {
            #expect(abs(epochs.count { $0 == count } - expected) < 50)
        }
        // Whoever else is in the cohort.
        #expect(scenario.partialWork(of: [clients[7]], in: 3)[clients[7]] == partial[2][clients[7]])
        #expect(scenario.training(in: 3, epochs: 2).localEpochs == 2)
        #expect(try self.scenario("train: {local_epochs: 4}").partialWork(of: clients, in: 1).isEmpty)
    }

    @Test("Partial work of a share of each cohort, which may be dropped")
    func stragglers() throws {
        let text = "minimum_updates: 1\ntrain: {local_epochs: 4, partial_work: 0.6, partial_work_draw: cohort"
        let scenario = try scenario("\(text), partial_updates: dropped}")
        #expect(scenario.partialWork == PartialWork(share: 0.6, draw: .cohort, updates: .dropped))
        let cohort = (20..<UInt32(30)).map { ClientID($0) }
        let drawn = (1...UInt32(50)).map { scenario.partialWork(of: cohort, in: $0) }
        #expect(drawn.allSatisfy { $0.count == 6 && $0.values.allSatisfy { (1...4).contains($0) } })
        #expect(drawn.allSatisfy { $0.keys.allSatisfy(cohort.contains) })
        // Each is left out now and then.
        #expect(cohort.allSatisfy { client in drawn.contains { $0[client] == nil } })
    }

    @Test("Dropping more than a round can do without is refused")
    func tooManyStragglers() throws {
        let problem = #expect(throws: Problem.self) {
            try scenario("train: {partial_work: 0.9, partial_work_draw: cohort, partial_updates: dropped}")
        }
        #expect(problem.map { "\($0)" }?.contains("too few") == true)
        #expect(throws: Problem.self) { try scenario("train: {partial_work: 1, partial_updates: dropped}") }
        #expect(throws: Never.self) { try scenario("train: {partial_work: 1}") }
    }

    @Test("Clipping, and dropout where the model has a place for it")
    func training() throws {
        let settings = try scenario("train: {clip_norm: 5, dropout: 0.5}").train
        #expect(settings.clipNorm == 5 && settings.dropout == 0.5)
        #expect(try scenario("").train.clipNorm == nil)
        let problem = #expect(throws: Problem.self) { try scenario("model: logistic\ntrain: {dropout: 0.5}") }
        #expect(problem?.what.contains("logistic has no place for it") == true)
    }
}
