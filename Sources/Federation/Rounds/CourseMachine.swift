/// A machine that makes one model after the other: which follows, how the run ends, and what is known of its clients is the same
/// however the updates of a model are collected.
protocol CourseMachine {
    var plan: RoundPlan { get }
    var course: RunCourse { get set }
    var presences: Presences { get }
    /// What is known of clients from the rounds before, where the plan needs it.
    var experiences: [ClientID: Experience] { get set }
    var stage: RunStage { get }

    /// Collects the updates of the next model.
    mutating func open(_ round: UInt32) -> [RoundDirective]

    /// No model follows.
    mutating func beginEnding(_ outcome: RunOutcome)

    /// All that was made is in the record.
    mutating func finish()
}

/// How far a run is with its models.
enum RunStage: Sendable, Hashable {
    /// It waits for clients, or for updates.
    case collecting
    /// All has been heard of the round; its model is being made, or the one before it committed.
    case closing(round: UInt32)
    /// No round follows; what is closed is being committed.
    case ending(RunOutcome)
    case over
}

extension CourseMachine {
    /// The clients among which some are chosen, with what is known of them.
    ///
    /// - Parameter clients: ascending.
    func candidates(_ clients: [ClientID]) -> Candidates {
        Candidates(
            clients: clients, examples: { [presences] in presences.examples(of: $0) ?? 0 },
            experience: { [experiences] in experiences[$0] })
    }

    mutating func experienced(_ client: ClientID, _ experience: Experience) -> [RoundDirective] {
        experiences[client] = experiences[client]?.updated(by: experience) ?? experience
        return []
    }

    mutating func roundAggregated(_ round: UInt32) -> [RoundDirective] {
        guard stage == .closing(round: round), course.aggregated < round else { return [] }
        course.aggregate(round)
        return advance()
    }

    mutating func endReached(_ reason: RunEnd) -> [RoundDirective] {
        course.reach(reason)
        return []
    }

    mutating func roundCommitted(_ round: UInt32) -> [RoundDirective] {
        let closing: UInt32? = if case .closing(let round) = stage { round } else { nil }
        return course.commit(round, closing: closing) ? advance() : []
    }

    mutating func end(_ outcome: RunOutcome) -> [RoundDirective] {
        beginEnding(outcome)
        return advance()
    }

    /// Opens the next round or ends the run, if enough is done of what came before.
    private mutating func advance() -> [RoundDirective] {
        switch stage {
        case .closing(course.aggregated):
            switch course.next(plan) {
            case .wait: return []
            case .end(let outcome): return end(outcome)
            case .round(let round): return open(round)
            }
        case .ending(let outcome) where course.isCommitted:
            finish()
            return [.finish(outcome)]
        case .collecting, .closing, .ending, .over:
            return []
        }
    }
}
