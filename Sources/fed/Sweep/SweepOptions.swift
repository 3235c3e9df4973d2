import ArgumentParser
import Foundation
import RunStore

/// How the runs of a sweep are run on this machine.
struct SweepOptions: ParsableArguments {
    @Option(help: "The number of runs at once; by default one for each core.")
    var jobs: Int?

    @Option(help: "The SQLite file that holds the record; made if it is not there.")
    var database = "fed.sqlite"

    @Option(help: "The folder of the MNIST files; by default FED_DATA_DIR, then the cache folder, then a download.")
    var data: String?

    @Flag(help: "Simulate the time of the scenarios' devices and links.")
    var virtual = false

    /// Whose times the records of the runs have.
    var clock: ClockKind { virtual ? .virtual : .real }

    func validate() throws {
        if let jobs, !(1...1024).contains(jobs) { throw ValidationError("--jobs must be 1 to 1024.") }
    }

    private var cores: Int { ProcessInfo.processInfo.activeProcessorCount }

    /// How many runs go on at once when there are so many.
    func jobs(for runs: Int) -> Int { min(jobs ?? cores, runs) }

    /// The threads of a run, beside others up to so many.
    func threads(runs: Int) -> Int { max(1, cores / max(1, runs)) }
}
