import Federation
import Settings

extension DeadlineChoice {
    /// The schema of how long a round may take.
    static func read(_ section: Section) -> DeadlineChoice {
        let (name, values) = DeclaredSettings(DeadlineRules.all).choose(
            section, "deadline", default: FixedDeadline.name,
            "how long a round may take: "
                + DeadlineRules.all.map { "\($0.name): \($0.summary)" }.joined(separator: "; "))
        return DeadlineChoice(DeadlineRules.named(name) ?? FixedDeadline.self, values)
    }
}
