import Federation
import Settings

extension LearningRateSchedule {
    private enum Schedule: String, CaseIterable {
        case constant, step, exponential, cosine
    }

    /// The keys that make a schedule.
    static let keys = ["schedule", "decay", "decay_every", "decay_to", "warm_up_rounds"]

    /// The schema of a schedule: ``keys`` beside the learning rate.
    ///
    /// - Parameter whose: `the clients'` or `the server's`.
    static func read(_ section: Section, of whose: String) -> LearningRateSchedule {
        let schedule = section.choose(
            "schedule", Schedule.allCases, default: .constant,
            "how \(whose) learning rate changes from round to round")
        let decay = section.read(
            "decay", .number(.above(0, upTo: 1)), otherwise: "0.1 with step, 0.99 with exponential",
            "what \(whose) learning rate is multiplied by at each step, or after each round")
        let every = section.read(
            "decay_every", .wholeNumber(1...1_000_000), default: 10, if: schedule.is(.step),
            "the rounds of a step")
        let least = section.read(
            "decay_to", .number(.from(0, upTo: 1)), default: 0, if: schedule.is(.cosine),
            "the part of the rate that is left in the last round")
        let warmUpRounds = section.read(
            "warm_up_rounds", .wholeNumber(0...1_000_000), default: 0,
            "in how many first rounds \(whose) learning rate grows to what it is to be")
        if decay != nil, schedule.value == .constant || schedule.value == .cosine {
            section.refuse("decay", with: "schedule", "goes with schedule: step or schedule: exponential only")
        }
        let shape: Shape =
            switch schedule.value {
            case .constant: .constant
            case .step: .step(every: every, factor: decay ?? 0.1)
            case .exponential: .exponential(factor: decay ?? 0.99)
            case .cosine: .cosine(least: least)
            }
        return LearningRateSchedule(shape, warmUpRounds: warmUpRounds)
    }
}
