import Foundation
import Runs
import Subprocess

/// A coordinator and its workers as child processes on loopback.
///
/// No child outlives this process: each holds the other end of its standard input and stops when that ends, however
/// this process comes to its end. They are in process groups of their own, so that Ctrl-C reaches this process alone,
/// which then stops the coordinator, and with it everything.
struct LocalRun {
    let plan: Plan
    let observer: any RunObserver

    /// Runs to the end; how the coordinator ended.
    ///
    /// - Throws: a `Problem` when the processes would not have what they need.
    func run() async throws -> RunProgram.Ending {
        if let shortage = plan.shortage { throw shortage }
        let (endpoints, endpointEntry) = AsyncStream.makeStream(of: String.self)
        return try await withThrowingTaskGroup(of: RunProgram.Ending?.self) { group in
            defer { group.cancelAll() }
            group.addTask {
                defer { endpointEntry.finish() }
                return try await coordinate { endpointEntry.yield($0) }
            }
            group.addTask {
                for await endpoint in endpoints { try await work(for: endpoint) }
                return nil
            }
            while let result = try await group.next() {
                guard let ending = result else { continue }
                // The workers have been told, and end by themselves; the group waits for them a little.
                group.addTask {
                    try await Task.sleep(for: .seconds(1))
                    throw CancellationError()
                }
                _ = try? await group.next()
                return ending
            }
            throw CancellationError()
        }
    }

    // MARK: The coordinator

    /// Runs the coordinator to its end, or stops it when this process is to stop.
    private func coordinate(listening: @escaping @Sendable (String) -> Void) async throws -> RunProgram.Ending {
        let what = plan.scenarioPath.map { ["--scenario", $0] } ?? ["--resume"]
        var arguments =
            what + plan.scenarioOptions + [
                "--listen", "127.0.0.1:0", "--database", plan.database, "--json", "--expected-connections",
                "\(plan.connections)",
                "--stop-at-end-of-input", "--log-level", "error",
            ]
        if let folder = plan.dataFolder { arguments += ["--data", folder] }
        if plan.allowDrawnDigits { arguments.append("--allow-drawn-digits") }
        return try await RunProgram(program: "fed-coordinator", arguments: arguments, observer: observer)
            .run { run in if let endpoint = run.endpoint { listening(endpoint) } }
    }

    // MARK: The workers

    private func work(for endpoint: String) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in 0..<plan.workers { group.addTask { try await work(as: worker, for: endpoint) } }
            try await group.waitForAll()
        }
    }

    private func work(as worker: Int, for endpoint: String) async throws {
        let name = "worker-\(worker + 1)"
        var arguments = [
            "--coordinator", endpoint, "--clients", "\(plan.clients(ofWorker: worker))", "--connections",
            "\(plan.connections(ofWorker: worker))", "--threads", "\(plan.threads)", "--name", name,
            "--stop-at-end-of-input", "--log-level", "warning", "--retry-for", "20",
        ]
        if let folder = plan.dataFolder { arguments += ["--data", folder] }
        let result = try await Subprocess.run(
            ChildProgram.configuration("fed-client", arguments), input: .inputWriter, output: .discarded,
            error: .sequence
        ) { execution in
            observer.began(RunProcess(role: .worker, id: execution.processIdentifier.value))
            for try await line in execution.standardError.strings() {
                observer.note("\(name): \(line.trimmingCharacters(in: .newlines))")
            }
        }
        if result.terminationStatus.code != 0 {
            observer.note("\(name) ended with \(result.terminationStatus)")
        }
    }
}
