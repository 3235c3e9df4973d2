import Datasets
import Federation
import Learning
import Parameters
import Runs
import Scenarios
import TestSupport

/// A scenario of the repository, cut down so that it takes a second: few rounds, a small cohort, one local epoch, and
/// digits that the program draws. Model, partition, batch size, optimiser, target and seed are the scenario's.
enum ShortScenario {
    static let rounds = 2
    static let cohort = 6

    /// Enough for the scenario with most shards, and few enough that ten clients are trained in no time.
    private static let dataset = Task {
        try await Dataset.load(DatasetRequest(kind: .digits, drawnExamples: (train: 2400, test: 200)))
    }

    /// How many connections with a client and `threads` threads each there are at most: what their threads keep of the
    /// model has to fit into memory, and sockets are not without end.
    private static func connections(_ scenario: Scenario, threads: Int) -> Int {
        let bytes = ModelDefinition.onMNIST(named: scenario.model)?.layout.byteCount ?? 1
        return min(max(10, (256 << 20) / (threads * bytes)), 100)
    }

    /// The scenario as the case runs it.
    static func context(of test: OneResultCase) async throws -> RunContext {
        var scenario = try Scenario.load(path: Repository.path(test.file))
        if case .tcp(.oneToAConnection, _) = test.carrier {
            scenario.clients = min(scenario.clients, connections(scenario, threads: test.count))
        }
        scenario.rounds = rounds
        scenario.cohort = min(scenario.cohort, cohort)
        // Nobody may be left out, however long it takes and however little they do.
        scenario.minimumUpdates = scenario.cohort
        scenario.overSelection = 0
        scenario.partialWork.updates = .counted
        scenario.devices = []
        scenario.startingClients = scenario.clients
        // Who is first decides there, and that is a matter of time.
        if scenario.asynchrony != nil { scenario.strategy = .fedavg }
        scenario.deadline = .fixed
        if scenario.selection.make().needsPresence { scenario.selection = .uniform }
        // The record says who was in which round.
        scenario.keepClientRounds = .all
        scenario.network.deadlines = RoundDeadlines(joining: .seconds(60), round: .seconds(60), absence: .seconds(60))
        scenario.train.localEpochs = 1
        scenario.data = .digits
        return try RunContext(scenario: scenario, dataset: try await dataset.value)
    }
}
