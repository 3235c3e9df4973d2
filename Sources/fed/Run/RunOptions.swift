import ArgumentParser
import Scenarios

/// How scenarios are run on this machine.
struct RunOptions: ParsableArguments {
    @Option(help: "The number of worker processes; by default one for each core, but no more than clients.")
    var workers: Int?

    @Option(
        help: """
            The number of connections to the coordinator, divided among the workers; by default one for each worker, or one \
            for each client where the scenario has devices with links, or that come and go; never more than clients.
            """)
    var connections: Int?

    @Option(help: "The number of threads that train in each worker; by default the cores divided among the workers.")
    var threads: Int?

    @Option(help: "The SQLite file that holds the record; made if it is not there.")
    var database = "fed.sqlite"

    @Option(help: "The folder of the MNIST files; by default FED_DATA_DIR, then the cache folder, then a download.")
    var data: String?

    func validate() throws {
        for (name, value) in [("--workers", workers), ("--threads", threads)] {
            if let value, !(1...1024).contains(value) { throw ValidationError("\(name) must be 1 to 1024.") }
        }
        if let connections {
            guard 1...20_000 ~= connections else { throw ValidationError("--connections must be 1 to 20000.") }
            if let workers, connections < workers {
                throw ValidationError("--connections must not be fewer than --workers.")
            }
        }
    }

    /// How `scenario`, which lies at `path`, is run; without a path, how the record's latest run goes on.
    func plan(for scenario: Scenario, at path: String?) -> LocalRun.Plan {
        LocalRun.Plan(
            scenario: scenario, path: path, workers: workers, connections: connections, threads: threads,
            database: database, dataFolder: data)
    }
}
