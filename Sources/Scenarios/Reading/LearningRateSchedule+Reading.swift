import Federation
import Settings

extension LearningRateSchedule {
    private enum Kind: String, CaseIterable {
        case constant, step, exponential, cosine
    }

    /// The schema of a `schedule`.
    static func read(_ section: Section, of rate: String, rounds: Int) -> LearningRateSchedule {
        let kind = section.choose(
            "kind", Kind.allCases, default: .constant, "how the \(rate) learning rate changes from round to round")
        let every = section.read(
            "every", .wholeNumber(1...1_000_000), default: 10, if: kind.is(.step),
            "after how many rounds the rate is multiplied by the factor, again and again")
        let stepFactor = section.read(
            "factor", .number(.above(0, upTo: 1)), otherwise: "0.1 with step, 0.99 with exponential",
            "what the rate is multiplied by, after each round or each step")
        let least = section.read(
            "least", .number(.from(0, upTo: 1)), default: 0, if: kind.is(.cosine),
            "the part of the rate that is left in the last round")
        let warmUpRounds = section.read(
            "warm_up_rounds", .wholeNumber(0...1_000_000), default: 0,
            "in how many first rounds the rate grows to what it is to be")
        if stepFactor != nil, kind.value == .constant || kind.value == .cosine {
            section.refuse("factor", with: "kind", "goes with kind: step or kind: exponential only")
        }
        let shape: Shape =
            switch kind.value {
            case .constant: .constant
            case .step: .step(every: every, factor: stepFactor ?? 0.1)
            case .exponential: .exponential(factor: stepFactor ?? 0.99)
            case .cosine: .cosine(least: least)
            }
        return LearningRateSchedule(shape, warmUpRounds: warmUpRounds, rounds: rounds)
    }
}
