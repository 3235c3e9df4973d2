import Federation
import RunStore
import Runs
import Scenarios
import Settings
import Wire

// Why a client is not part of its round.
extension RunCoordinator {
    /// How a client was lost the last time.
    struct Parting: Sendable {
        let worker: String
        let reason: String
    }

    /// Writes down, for each client that is missing without having said why, what is known of it.
    func explainAbsences(_ closure: CohortOutcome) {
        for failure in closure.failed where !driver.isExplained(failure.key) {
            let client = failure.key.client
            let host = roster.host(of: client).flatMap { links[$0] }?.hello.workerName
            let parting = failure.reason == .disconnected ? partings[client] : nil
            let detail =
                switch failure.reason {
                case .disconnected: parting.map { "\($0.worker) left: \($0.reason)" } ?? "it has not come back"
                case .stopped: "the run was stopped before it had reported"
                case .surplus: "\(closure.reported.count) others had reported"
                case .deadline, .stale, .diverged, .failed, .rejected, .excluded, .straggler:
                    driver.detail(of: failure, in: closure.round) ?? failure.reason.rawValue
                }
            driver.explain(
                ClientRoundRecord(failed: failure.key, failure.reason, detail, worker: parting?.worker ?? host),
                of: failure.key)
        }
    }
}
