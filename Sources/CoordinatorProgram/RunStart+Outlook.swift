import RunStore
import Runs
import Scenarios

extension RunStart {
    /// The scenario and how many of its rounds are in the record already, known before the data are loaded.
    func outlook(in reader: RunReader) throws -> (scenario: Scenario, roundsDone: Int) {
        switch self {
        case .new(let scenario): (scenario, 0)
        case .branch(let scenario, let base): (scenario, base.round)
        case .resumed(let summary), .finished(let summary):
            (try summary.scenario(at: summary.place(in: reader)), summary.lastRound)
        }
    }
}
