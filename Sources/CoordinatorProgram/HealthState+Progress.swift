import Programs
import Runs

extension HealthState {
    /// Takes notice of how a run goes on.
    func take(_ progress: RunProgress) {
        update { state in
            switch progress {
            case .started(let run):
                state.run = run.run
                state.clientsNeeded = run.clients
                state.roundsPlanned = run.rounds
                state.state = "waiting for clients"
            case .joined(let clients, _):
                state.clientsJoined = clients
            case .roundOpened(let round, _):
                state.round = round
                state.isReady = true
                state.state = "collecting"
            case .roundCommitted(let round):
                state.roundsCommitted = round.round
            case .finished(let run):
                state.isReady = false
                state.state = run.status
            case .clientSettled, .incident:
                break
            }
        }
    }
}
