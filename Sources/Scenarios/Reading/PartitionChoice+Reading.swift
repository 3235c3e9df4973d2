import Datasets

extension PartitionChoice {
    /// The schema of `partition`: the rule, and the settings that the rules declare.
    static func read(_ section: Section) -> PartitionChoice {
        let (name, values) = DeclaredSettings(common: PartitionChoice.common, Partitioners.all).choose(
            section, "rule", default: IIDPartition.name, "how the examples are dealt to the clients")
        return PartitionChoice(Partitioners.named(name) ?? IIDPartition.self, values)
    }
}
