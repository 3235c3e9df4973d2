import Settings

extension TargetSettings {
    /// The schema of `target`; nil when the scenario has none.
    static func read(_ section: Section) -> TargetSettings? {
        let accuracy = section.read(
            "accuracy", .number(.from(0, upTo: 1)), otherwise: "all rounds are run",
            "the test accuracy that the experiment is after")
        let publishedRounds = section.read(
            "published_rounds", .wholeNumber(1...1_000_000), otherwise: "not known",
            "after how many rounds a publication reached it, to compare with")
        let stops = section.read(
            "stop", .truth, default: true, "whether the run ends with the first round that reaches the target")
        guard section.has("accuracy") else {
            if publishedRounds != nil {
                section.refuse("published_rounds", with: "accuracy", "needs an \"accuracy\" that was published")
            }
            if section.has("stop") { section.refuse("stop", with: "accuracy", "needs an \"accuracy\" to stop at") }
            return nil
        }
        return accuracy.map { TargetSettings(accuracy: $0, publishedRounds: publishedRounds, stops: stops) }
    }
}
