import Federation
import Settings

extension PartialWork {
    /// The keys of `train` that say who does less than asked.
    static func read(_ section: Section) -> PartialWork {
        let share = section.read(
            "partial_work", .number(.from(0, upTo: 1)), default: 0,
            "how probably a client does partial work in a round, a number of epochs drawn from 1 to E; or, with "
                + "partial_work_draw: cohort, the part of each round's clients that does")
        let draw = section.read(
            "partial_work_draw", .choice(Draw.allCases), default: .clients,
            "who draws: all clients for themselves, or the round so many of its cohort")
        let updates = section.read(
            "partial_updates", .choice(Updates.allCases), default: .counted,
            "what becomes of partial work; a client whose update is dropped is not asked to train")
        return PartialWork(share: share, draw: draw, updates: updates)
    }

    /// Why a round could not have its updates, as the end of a sentence that begins with `partial_updates`; `nil` if it can.
    func obstacle(cohort: Int, minimumUpdates: Int) -> String? {
        guard updates == .dropped else { return nil }
        let left = cohort - fewest(ofCohort: cohort)
        guard left < minimumUpdates else { return nil }
        return "is dropped, which leaves \(left) of a round's \(cohort) updates: too few"
    }
}
