import Datasets
import Federation
import Learning
import Settings

extension Scenario {
    /// Sections in whose place a single value may stand, with the key that it is for.
    static let shortForms = ["clients": "count", "partition": "rule", "strategy": "name", "target": "accuracy"]

    /// The schema of a scenario's top, and what its keys have to keep to together. Nil when a key that has no default
    /// cannot be read.
    static func read(_ top: Section, fileName: String, text: String) -> Scenario? {
        let name = top.read("name", .text(upTo: 100), otherwise: "the file's name", "what the run is called")
        let description = top.read("description", .text(upTo: 500), default: "", "what the experiment shows")
        let seed = top.read(
            "seed", .wholeNumber(0...UInt64.max), default: 1, "the seed under which all random streams of the run lie")
        let rounds = top.require("rounds", .wholeNumber(1...1_000_000), "the number of rounds")
        let target = TargetSettings.read(top.section("target", short: shortForms["target"]))
        let clientsSection = top.section("clients", short: shortForms["clients"])
        let clients = clientsSection.require(
            "count", .wholeNumber(1...1_000_000),
            "K, the number of clients in the population; where it is all there is to say, clients: 100 does")
        let startingClients = clientsSection.read(
            "start_with", .wholeNumber(1...1_000_000), otherwise: "all clients",
            "how many clients must have joined before the first round; the others may come later")
        let evaluation = ClientEvaluation.read(clientsSection)
        let fraction = top.read(
            "fraction", .number(.from(0, upTo: 1)), otherwise: "1",
            "C, the part of the clients that is selected for a round: max(1, round(C · clients))")
        let cohort = top.read(
            "cohort", .wholeNumber(1...1_000_000), otherwise: "what fraction says",
            "m, the number of clients selected for a round")
        let roundSection = top.section("round")
        let selection = SelectionChoice.read(roundSection)
        let deadline = DeadlineChoice.read(roundSection)
        let overSelection = roundSection.read(
            "over_selection", .number(.from(0, upTo: 10)), default: 0,
            "how many more clients are selected for a round, as a part of the cohort: it closes with the first m updates"
        )
        let minimumUpdates = top.read(
            "minimum_updates", .wholeNumber(1...1_000_000), otherwise: "half of the cohort, rounded up",
            "the fewest updates that close a round; half of the buffer where clients do not wait for each other")
        let data = top.read(
            "data", .choice([DatasetKind.mnist, .digits]), default: .mnist,
            "the examples: mnist, or digits that the program draws itself, which also stand in for an mnist that is not named "
                + "where it cannot be had")
        let partition = PartitionChoice.read(top.section("partition", short: shortForms["partition"]))
        let patience = Patience.read(top.section("stop"), validation: partition.validation)
        let model = top.read("model", .word(of: ModelArchitecture.all.map(\.name)), default: "cnn", "what is trained")
        let expectedModel = ModelArchitecture.named(model)?.expectedModel(for: data)
        let kernels = top.read(
            "kernels", .choice(KernelChoice.allCases), default: .fused,
            "what computes the layers: the project's own kernels, with the same bits everywhere, or OpenBLAS")
        let trainSection = top.section("train")
        let train = TrainingSettings.read(trainSection, model: expectedModel)
        let partialWork = PartialWork.read(trainSection)
        let schedule = LearningRateSchedule.read(trainSection, of: "the clients'")
        let strategySection = top.section("strategy", short: shortForms["strategy"])
        let strategy = StrategyChoice.read(strategySection, training: train)
        let serverSchedule = LearningRateSchedule.read(strategySection, of: "the server's")
        for key in LearningRateSchedule.keys where strategySection.has(key) && !strategy.hasServerLearningRate {
            strategySection.refuse(
                key, with: "name",
                "goes with a strategy that has a server_learning_rate, which \(strategy.name) has not")
        }
        var ruleSections: [Section] = []
        let behaviours = top.list("behaviours", upTo: BehaviourRule.most) { section -> BehaviourRule? in
            let rule = BehaviourRule.read(section)
            if rule != nil { ruleSections.append(section) }
            return rule
        }
        let devices = top.list("devices", upTo: DeviceFleet.most) { DeviceRule.read($0) }
        let startTime = top.read(
            "start_time", .timeOfDay, default: .midnight,
            "the time of day at which the run begins, for devices that are on at certain hours")
        let networkSection = top.section("network")
        let network = NetworkSettings.read(networkSection)

        let keepModels = top.read(
            "keep_models", .kept(atLeast: 0), default: .upTo(10),
            "how many models between the first and the latest stay in the record, evenly spread")
        let keepClientRounds = top.read(
            "keep_client_rounds", .kept(atLeast: 1), default: .all,
            "of how many of the latest rounds the rows of clients that reported stay in the record")
        let keepUpdates = top.read(
            "keep_updates", .truth, default: false, "whether every client's update stays in the record")
        let updateMemory = top.read(
            "update_memory_mib", .wholeNumber(0...1_000_000), default: 512,
            "MiB of a round's updates that stay in memory where the strategy has to see all of them; the others are in a file "
                + "beside the record")

        if top.has("fraction"), top.has("cohort") {
            top.refuse(
                "cohort", with: "fraction", "and \"fraction\" say the same thing twice", remedy: "Keep one of the two.")
        }
        guard let rounds, let clients else { return nil }
        let asynchrony = strategy.make().asynchrony
        let wanted =
            asynchrony.map { min($0.buffer, clients) } ?? cohort ?? fraction.map {
                max(1, Int(($0 * Double(clients)).rounded()))
            } ?? clients
        if wanted > clients {
            top.refuse("cohort", with: "clients", "is \(wanted), more than the \(clients) clients there are")
        }
        if let minimumUpdates, minimumUpdates > wanted {
            top.refuse(
                "minimum_updates", with: "cohort",
                "is \(minimumUpdates), more than the \(wanted) \(asynchrony == nil ? "clients of a round" : "updates of a buffer")"
            )
        }
        if let startingClients, startingClients > clients {
            clientsSection.refuse(
                "start_with", with: "count", "is \(startingClients), more than the \(clients) clients there are")
        }
        if keepClientRounds != .all {
            let rule = selection.make()
            if rule.needsPresence || rule.needsExperience {
                top.refuse(
                    "keep_client_rounds", with: "keep_client_rounds",
                    "goes with a selection that depends on the seed alone: with selection: \(selection.name), who was in a round is "
                        + "known from these rows only", remedy: "Leave it out.")
            } else if deadline.make().needsExperience {
                top.refuse(
                    "keep_client_rounds", with: "keep_client_rounds",
                    "goes with a deadline that depends on no client: with deadline: \(deadline.name) a run that goes on needs these rows",
                    remedy: "Leave it out.")
            }
        }
        let fewest = minimumUpdates ?? (wanted + 1) / 2
        if let obstacle = partialWork.obstacle(cohort: wanted, minimumUpdates: fewest) {
            trainSection.refuse(
                "partial_updates", with: "partial_work", obstacle,
                remedy: "Lower minimum_updates, which is \(fewest), or let the updates count.")
        }
        if let obstacle = strategy.make().obstacle(toUpdates: fewest) {
            let remedy =
                strategy.make().obstacle(toUpdates: wanted) == nil
                ? "Raise minimum_updates, which is \(fewest)." : "Select more clients, or tolerate fewer attackers."
            strategySection.refuse("name", with: "name", "is \(strategy.name), which \(obstacle)", remedy: remedy)
        }
        if let obstacle = partition.obstacle(clients: clients, data: data) {
            clientsSection.refuse("count", with: "count", obstacle)
        }
        if let expectedModel {
            strategy.make().parts.refuse(
                strategySection, name: strategy.name, expectedModel.layout, clientsSection, evaluation, top,
                hasTarget: target != nil)
        }
        let scenario = Scenario(
            name: name ?? fileName, description: description, seed: seed, rounds: rounds, target: target,
            patience: patience, clients: clients, startingClients: startingClients.map { min($0, clients) },
            evaluation: evaluation,
            cohort: wanted, selection: selection, deadline: deadline, overSelection: overSelection,
            minimumUpdates: fewest, data: data,
            namesData: top.has("data"), partition: partition, model: model, kernels: kernels, train: train,
            partialWork: partialWork, schedule: schedule, serverSchedule: serverSchedule, strategy: strategy,
            behaviours: behaviours, devices: devices, startTime: startTime, network: network,
            keepModels: keepModels, keepClientRounds: keepClientRounds, keepUpdates: keepUpdates,
            updateMemory: updateMemory << 20,
            text: text)
        asynchrony?.refuse(
            .init(
                top: top, round: roundSection, train: trainSection, strategy: strategySection, network: networkSection),
            in: scenario)
        for (rule, section) in zip(behaviours, ruleSections) {
            if let obstacle = rule.obstacle(in: scenario) {
                section.refuse("kind", with: "kind", "is \(rule.choice.name), which \(obstacle)")
            }
        }
        return scenario
    }
}
