import Datasets

extension PartitionChoice {
    /// The schema of `partition`: the rule, and the settings that the rules declare.
    static func read(_ section: Section) -> PartitionChoice {
        let name = section.read(
            "rule", .word(of: Partitioners.all.map { $0.name }), default: IIDPartition.name,
            "how the examples are dealt to the clients")
        let values = DeclaredSettings(Partitioners.all.map { ($0.name, $0.settings) }).read(
            section, of: name, key: "rule", isKnown: !section.isRefused("rule"))
        return PartitionChoice(Partitioners.named(name) ?? IIDPartition.self, values)
    }
}
