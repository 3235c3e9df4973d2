/// How far a run's models are made and committed, and whether another follows.
struct RunCourse: Sendable, Hashable {
    /// The last round whose model is made, and the last that stands in the record.
    private(set) var aggregated: UInt32
    private(set) var committed: UInt32
    /// Why no round follows the last one, if the evaluation of a model has said so.
    private var runEnd: RunEnd?
    /// Somebody wants the run to end.
    var isStopping = false

    init(committed: UInt32, end: RunEnd?) {
        aggregated = committed
        self.committed = committed
        runEnd = end
    }

    /// How a run ends whose record is whole; `nil` if it goes on.
    func endOfRecord(_ plan: RoundPlan) -> RunOutcome? {
        runEnd?.outcome(after: committed) ?? (committed >= plan.rounds ? .finished : nil)
    }

    mutating func reach(_ end: RunEnd) { runEnd = runEnd ?? end }

    /// The model of the round is made.
    mutating func aggregate(_ round: UInt32) { aggregated = max(aggregated, round) }

    /// The round stands in the record; a shell that makes and commits a model at once says no more than this.
    ///
    /// - Parameter closing: the round whose model is being made.
    /// - Returns: whether this was the round to come.
    mutating func commit(_ round: UInt32, closing: UInt32?) -> Bool {
        guard round == committed + 1 else { return false }
        if closing == round { aggregated = round }
        guard round <= aggregated else { return false }
        committed = round
        return true
    }

    enum Next: Sendable, Hashable {
        /// Something has to be committed before.
        case wait
        case round(UInt32)
        case end(RunOutcome)
    }

    /// What follows the last model that is made. At most one is ahead of the record, and none where the plan needs its evaluation.
    func next(_ plan: RoundPlan) -> Next {
        guard committed + (plan.waitsForEvaluation ? 0 : 1) >= aggregated else { return .wait }
        if let runEnd { return .end(runEnd.outcome(after: aggregated)) }
        if aggregated == plan.rounds { return .end(.finished) }
        return isStopping ? .end(.stopped) : .round(aggregated + 1)
    }

    /// Whether the record has all that was made.
    var isCommitted: Bool { committed == aggregated }
}
