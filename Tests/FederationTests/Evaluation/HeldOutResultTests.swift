import Federation
import Learning
import Parameters
import Settings
import Testing

/// What clients say of the examples that they hold out.
@Suite struct HeldOutResultTests {
    private static let evaluation = ClientEvaluation(holdout: 0.2)

    private func update(
        _ strategy: any Strategy.Type, _ evaluation: ClientEvaluation = Self.evaluation
    ) -> Parts {
        Parts(zerosFor: StrategyChoice(strategy).make().parts.update(ModelDefinition.cnn.layout, evaluation))
    }

    @Test("An update has the numbers that its strategy's models need, after the strategy's own")
    func places() {
        let count = "held_out/examples"
        let global = ["held_out/global_correct", "held_out/global_loss"]
        let personal = ["held_out/personal_correct", "held_out/personal_loss"]
        #expect(update(FedAvg.self).layout.scalars == [count] + global)
        #expect(
            update(FedNova.self, ClientEvaluation(holdout: 0.2, fineTuneEpochs: 1)).layout.scalars
                == ["effective_steps", count] + global + personal)
        #expect(update(Ditto.self).layout.scalars == [count] + global + personal)
        #expect(update(FedPer.self).layout.scalars == [count] + personal)
        for type in Strategies.all {
            #expect(update(type, .none).layout.scalars.allSatisfy { !$0.contains("held_out") })
        }
    }

    @Test("What is written is what is read")
    func roundTrip() throws {
        let score = HeldOutResult.Score(correct: 7, loss: 0.25)
        for type in [Ditto.self, FedRep.self, FedAvg.self] as [any Strategy.Type] {
            var update = update(type)
            HeldOutResult(examples: 9, global: score, personal: score).write(to: &update)
            let read = try #require(try HeldOutResult(update))
            #expect(read.examples == 9)
            #expect(
                (read.global == nil) == (type.name == "fedrep") && (read.personal == nil) == (type.name == "fedavg"))
            #expect(read.globalAccuracy ?? 7 / 9 == 7 / 9 && read.personalAccuracy ?? 7 / 9 == 7 / 9)
        }
    }

    @Test("A client that holds nothing out says nothing")
    func nothing() throws {
        var update = update(Ditto.self)
        HeldOutResult(examples: 0, global: nil, personal: nil).write(to: &update)
        #expect(try HeldOutResult(update) == nil)
        #expect(try HeldOutResult(self.update(FedAvg.self, .none)) == nil)
    }

    @Test(
        "Numbers that cannot be are refused, and the update with them",
        arguments: [
            ("held_out/examples", -1), ("held_out/examples", 2.5), ("held_out/examples", 1e300),
            ("held_out/global_correct", 10), ("held_out/global_correct", 0.5), ("held_out/personal_correct", -1),
            ("held_out/global_loss", -0.1), ("held_out/personal_loss", .nan), ("held_out/global_loss", .infinity),
        ] as [(String, Double)])
    func impossible(name: String, number: Double) throws {
        var update = update(Ditto.self)
        let score = HeldOutResult.Score(correct: 9, loss: 0)
        HeldOutResult(examples: 9, global: score, personal: score).write(to: &update)
        let strategy = StrategyChoice(Ditto.self).make()
        let global = GlobalModel(
            server: GlobalModel.begin(ModelDefinition.cnn.initialParameters(seed: 1), strategy, clients: 1),
            strategy: strategy,
            population: 9, clients: 1, evaluation: Self.evaluation)
        try global.check(update, examples: 9)
        update[scalar: name] = number
        let error = #expect(throws: AggregationError.self) { try global.check(update, examples: 9) }
        guard case .impossibleEvaluation? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test("Layers that are the clients' own are in no update and no broadcast, and alone in what clients remember")
    func layouts() throws {
        let model = ModelDefinition.cnn.layout
        #expect(model.layers == ["conv1", "conv2", "dense1", "dense2"])
        func parts(_ layers: String) throws -> StrategyParts {
            try StrategyChoice(name: "fedper", settings: [(name: "personal_layers", text: layers)]).make().parts
        }
        let last = try parts("last")
        #expect(last.update(model).model.layers == ["conv1", "conv2", "dense1"])
        #expect(last.broadcast(model).model == last.update(model).model)
        #expect(last.client(model).model.layers == ["dense2"])
        #expect(last.client(model).model.count + last.shared(model).count == model.count)
        #expect(last.server(model, clients: 1).model == model)
        let two = try parts("conv1,dense2")
        #expect(
            two.shared(model).layers == ["conv2", "dense1"] && two.client(model).model.layers == ["conv1", "dense2"])
        #expect(last.personal.obstacle(with: model) == nil && two.personal.obstacle(with: model) == nil)
        #expect(try parts("dense9").personal.obstacle(with: model)?.contains("conv1, conv2, dense1, dense2") == true)
        #expect(try parts("conv1,conv2,dense1,last").personal.obstacle(with: model)?.contains("all layers") == true)
        for text in ["", "a,", "a,a", "a b", "ä", String(repeating: "a", count: 201)] {
            #expect(throws: SettingMistake.self) { try parts(text) }
        }
    }
}
