public import Diagnostics
public import Federation
public import RunStore

extension RunOutcome {
    /// How the record names it.
    public var status: RunStatus {
        switch self {
        case .finished, .targetReached, .patienceOver: .finished
        case .stopped: .stopped
        case .tooFewClients, .tooFewUpdates: .failed
        }
    }

    /// What happened, if it is not simply finished.
    public var message: String? {
        switch self {
        case .finished: nil
        case .targetReached(let round): "the target accuracy was reached in round \(round)"
        case .patienceOver(let round):
            "the patience was over after round \(round): no better model had come for so many rounds"
        case .stopped: "the run was stopped"
        case .tooFewClients(let joined, let needed):
            "\(joined) of \(needed) clients joined in time"
        case .tooFewUpdates(let closure, let minimum):
            "round \(closure.round) has \(closure.reported.count) updates, the scenario's minimum is \(minimum)"
                + (closure.failed.isEmpty ? "" : ": of its clients \(closure.failuresText)")
        }
    }

    /// Whether a run ended since what its clients trained was not finite, or too large to be added.
    private var isDivergence: Bool {
        guard case .tooFewUpdates(let closure, _) = self else { return false }
        return closure.failed.contains { $0.reason == .diverged }
    }

    /// What a program that made the run ends with; `nil` if the run did not fail.
    public func problem(_ run: RunIdentity, database: String) -> Problem? {
        guard isFailure else { return nil }
        return Problem(
            .unavailable, message ?? "the run failed", at: "run \(run.number) in \(database)",
            remedy: (isDivergence ? "lower train.learning_rate, or shorten gradients with train.clip_norm; " : "")
                + "the record says why (\(RunIdentity.showCommand(run.number, database: database)) --events); what was "
                + "committed is there")
    }
}

extension CohortOutcome {
    /// What became of the clients without an update: `3 diverged, 1 was late`.
    var failuresText: String { failures.map { $0.reason.text($0.count) }.joined(separator: ", ") }
}
