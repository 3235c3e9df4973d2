import Federation
import Settings

extension Patience {
    /// The schema of `stop`; nil when the scenario has none.
    ///
    /// - Parameter validation: the part of the examples that the server evaluates models on.
    static func read(_ section: Section, validation: Double) -> Patience? {
        let rounds = section.read(
            "patience", .wholeNumber(1...1_000_000), otherwise: "all rounds are run",
            "after how many rounds without a better model on the validation examples the run ends")
        let minimumChange = section.read(
            "minimum_change", .number(.from(0, upTo: 1)), default: 0,
            "a model is better if its accuracy is more than so much above the best before")
        if rounds == nil, section.has("minimum_change") {
            section.refuse("minimum_change", with: "patience", "needs a \"patience\"")
        }
        if rounds != nil, validation == 0 {
            section.refuse(
                "patience", with: "patience", "needs examples to tell a better model by, and all are dealt to clients",
                remedy: "Keep some back with partition.validation, for example 0.1.")
        }
        return rounds.map { Patience(rounds: $0, minimumChange: minimumChange) }
    }
}
