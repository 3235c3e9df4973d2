import Federation
import Learning
import Settings

extension StrategyChoice {
    /// The schema of `strategy`: its name, and the settings that the strategies declare.
    static func read(_ section: Section, training: TrainingSettings) -> StrategyChoice {
        let (name, values) = DeclaredSettings(Strategies.all).choose(
            section, "name", default: FedAvg.name,
            "what clients and server do with a model and its updates; fed methods tells of each")
        let choice = StrategyChoice(Strategies.named(name) ?? FedAvg.self, values)
        if !section.isRefused("name"), let obstacle = choice.make().obstacle(to: training) {
            section.refuse("name", with: "name", "is \(name), which \(obstacle)")
        }
        return choice
    }
}
