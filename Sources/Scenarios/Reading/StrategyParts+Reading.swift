import Federation
import Parameters

extension StrategyParts {
    /// Refuses what does not go with clients that have models of their own.
    ///
    /// - Parameters:
    ///   - strategy, clients, top: the sections where the strategy, the clients and the target stand.
    func refuse(
        _ strategy: Section, name: String, _ model: ParameterLayout, _ clients: Section, _ evaluation: ClientEvaluation,
        _ top: Section, hasTarget: Bool
    ) {
        guard hasPersonalModel else { return }
        if let obstacle = personal.obstacle(with: model) {
            strategy.refuse("name", with: "name", "is \(name), which \(obstacle)")
        }
        if !evaluation.isOn {
            strategy.refuse(
                "name", with: "name",
                "is \(name), which gives each client a model of its own, and only clients can tell how "
                    + "good these are", remedy: "Have them hold examples out: clients: {count: …, holdout: 0.2}.")
        }
        if evaluation.fineTuneEpochs > 0 {
            clients.refuse(
                "fine_tune_epochs", with: "holdout",
                "makes a client's own model of the global one, and with \(name) clients have models of their own",
                remedy: "Leave it out.")
        }
        if hasTarget, !sharesWholeModel {
            top.refuse(
                "target", with: "strategy",
                "is an accuracy of the global model, and \(name) leaves layers of the model with the clients",
                remedy: "Leave it out.")
        }
    }
}
