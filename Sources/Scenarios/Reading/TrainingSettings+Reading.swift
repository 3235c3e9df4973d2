import Learning
import Settings

extension TrainingSettings {
    /// The schema of `train`: what all optimisers have, which one it is, and the settings that the optimisers declare.
    static func read(_ section: Section, model: ModelDefinition?) -> TrainingSettings {
        let (name, values) = DeclaredSettings(common: settings, Optimizer.all).choose(
            section, "optimizer", default: SGD.name, "what takes the steps")
        let training = TrainingSettings(Optimizer.named(name) ?? SGD.self, values)
        if training.dropout > 0, let model, !model.takesDropout {
            section.refuse(
                "dropout", with: "dropout",
                "is \(values.number("dropout")), but \(model.name) has no place for it")
        }
        return training
    }
}
