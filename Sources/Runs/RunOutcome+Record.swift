public import Diagnostics
public import Federation
public import RunStore

extension RunOutcome {
    /// How the record names it.
    public var status: RunStatus {
        switch self {
        case .finished, .targetReached: .finished
        case .stopped: .stopped
        case .tooFewClients, .tooFewUpdates: .failed
        }
    }

    /// What happened, if it is not simply finished.
    public var message: String? {
        switch self {
        case .finished: nil
        case .targetReached(let round): "the target accuracy was reached in round \(round)"
        case .stopped: "the run was stopped"
        case .tooFewClients(let joined, let needed):
            "\(joined) of \(needed) clients joined in time"
        case .tooFewUpdates(let round, let reported, let minimum):
            "round \(round) has \(reported) updates, the scenario's minimum is \(minimum)"
        }
    }

    /// What a program that made the run ends with; `nil` if the run did not fail.
    public func problem(_ run: RunIdentity, database: String) -> Problem? {
        guard isFailure else { return nil }
        return Problem(
            .unavailable, message ?? "the run failed", at: "run \(run.number) in \(database)",
            remedy:
                "the record says why (\(RunIdentity.showCommand(run.number, database: database)) --events); what was "
                + "committed is there")
    }
}
