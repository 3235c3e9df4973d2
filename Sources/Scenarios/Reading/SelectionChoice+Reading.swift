import Federation
import Settings

extension SelectionChoice {
    /// The schema of how the clients of a round are chosen.
    static func read(_ section: Section) -> SelectionChoice {
        let (name, values) = DeclaredSettings(SelectionRules.all).choose(
            section, "selection", default: UniformSelection.name,
            "how the clients of a round are chosen: "
                + SelectionRules.all.map { "\($0.name): \($0.summary)" }.joined(separator: "; "))
        return SelectionChoice(SelectionRules.named(name) ?? UniformSelection.self, values)
    }
}
