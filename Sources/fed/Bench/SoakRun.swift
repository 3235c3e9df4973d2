import Foundation
import Runs
import Scenarios
import Subprocess

/// A long run over TCP whose clients come and go: one worker stays, another is killed and started again all the time.
struct SoakRun {
    let folder: TemporaryRunFolder
    let watch: SoakWatch
    /// Of each of the two workers.
    let clients: Int
    /// A worker is killed whenever so many rounds have gone by.
    let roundsPerLife: Int

    func run() async throws {
        let (endpoints, endpointEntry) = AsyncStream.makeStream(of: String.self)
        try await withThrowingTaskGroup(of: Bool.self) { group in
            defer { group.cancelAll() }
            group.addTask {
                defer { endpointEntry.finish() }
                let ending = try await RunProgram(
                    program: "fed-coordinator",
                    arguments: [
                        "--scenario", folder.scenario, "--data", folder.path, "--database", folder.database, "--listen",
                        "127.0.0.1:0", "--json", "--stop-at-end-of-input", "--log-level", "error",
                    ], observer: watch
                ).run { run in if let endpoint = run.endpoint { endpointEntry.yield(endpoint) } }
                if ending.wasInterrupted { throw CancellationError() }
                return true
            }
            group.addTask {
                for await endpoint in endpoints {
                    try await withThrowingTaskGroup(of: Void.self) { workers in
                        workers.addTask { try await work("steady", endpoint) }
                        workers.addTask { while !watch.isOver { try await live(endpoint) } }
                        try await workers.waitForAll()
                    }
                }
                return false
            }
            while let isOver = try await group.next(), !isOver {}
        }
    }

    /// One life of the worker that is killed.
    private func live(_ endpoint: String) async throws {
        let end = watch.rounds + roundsPerLife
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await work("passing", endpoint) }
            group.addTask {
                // The watch is told of rounds by another task; the run's end, or this life's, ends the wait.
                while watch.rounds < end, !watch.isOver { try await Task.sleep(for: .milliseconds(20)) }
            }
            try await group.next()
            // The worker's task ends with its process.
            group.cancelAll()
        }
    }

    private func work(_ name: String, _ endpoint: String) async throws {
        var configuration = ChildProgram.configuration(
            "fed-client",
            [
                "--coordinator", endpoint, "--clients", "\(clients)", "--threads", "1", "--name", name, "--data",
                folder.path, "--log-level", "critical", "--stop-at-end-of-input", "--retry-for", "5",
            ])
        // As a machine that loses its power: without a farewell.
        configuration.platformOptions.teardownSequence = []
        _ = try await Subprocess.run(configuration, input: .inputWriter, output: .discarded, error: .sequence) {
            execution in
            // To the end of the process.
            for try await _ in execution.standardError.strings() {}
        }
    }
}
