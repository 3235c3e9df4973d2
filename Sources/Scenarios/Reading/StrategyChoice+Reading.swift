import Federation
import Learning
import Settings

extension StrategyChoice {
    /// The schema of `strategy`: its name, and the settings that the strategies declare.
    static func read(_ section: Section, training: TrainingSettings) -> StrategyChoice {
        let name = section.read(
            "name", .word(of: Strategies.all.map { $0.name }), default: FedAvg.name,
            "what clients and server do with a model and its updates; fed methods tells of each")
        let isKnown = !section.isRefused("name")
        let type = Strategies.named(name) ?? FedAvg.self
        let values = DeclaredSettings(Strategies.all.map { ($0.name, $0.settings) }).read(
            section, of: name, key: "name", isKnown: isKnown)
        let choice = StrategyChoice(type, values)
        if isKnown, let obstacle = choice.make().obstacle(to: training) {
            section.refuse("name", with: "name", "is \(name), which \(obstacle)")
        }
        return choice
    }
}
