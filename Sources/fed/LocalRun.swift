import Diagnostics
import Foundation
import Runs
import Scenarios
import ServiceLifecycle
import Subprocess
import SystemPackage

/// A coordinator and its workers as child processes on loopback.
///
/// No child outlives this process: each holds the other end of its standard input and stops when that ends, however
/// this process comes to its end. They are in process groups of their own, so that Ctrl-C reaches this process alone,
/// which then stops the coordinator, and with it everything.
struct LocalRun {
    struct Plan: Sendable {
        var scenarioPath: String
        var clients: Int
        var workers: Int
        /// For each worker.
        var threads: Int
        var database: String
        var dataFolder: String?

        /// - Parameters:
        ///   - path: where the scenario lies.
        ///   - workers: by default one for each core, but no more than clients.
        ///   - threads: for each worker; by default the cores divided among them.
        init(
            scenario: Scenario, path: String, workers: Int?, threads: Int?, database: String, dataFolder: String?
        ) {
            let cores = ProcessInfo.processInfo.activeProcessorCount
            scenarioPath = path
            clients = scenario.clients
            self.workers = min(workers ?? cores, scenario.clients)
            self.threads = threads ?? max(1, cores / self.workers)
            self.database = database
            self.dataFolder = dataFolder
        }
    }

    struct Ending: Sendable {
        /// The coordinator's exit status.
        var status: Int32
        var wasInterrupted: Bool
    }

    let plan: Plan
    let observer: any RunObserver

    /// Runs to the end; how the coordinator ended.
    func run() async throws -> Ending {
        let (endpoints, endpointEntry) = AsyncStream.makeStream(of: String.self)
        return try await withThrowingTaskGroup(of: Ending?.self) { group in
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
    private func coordinate(listening: @escaping @Sendable (String) -> Void) async throws -> Ending {
        var arguments = [
            "--scenario", plan.scenarioPath, "--listen", "127.0.0.1:0", "--database", plan.database, "--json",
            "--stop-at-end-of-input", "--log-level", "error",
        ]
        if let folder = plan.dataFolder { arguments += ["--data", folder] }
        let result = try await Subprocess.run(
            configuration("fed-coordinator", arguments), input: .inputWriter, output: .sequence,
            error: .currentStandardError
        ) { execution in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    for try await line in execution.standardOutput.strings() {
                        let line = line.trimmingCharacters(in: .newlines)
                        guard !line.isEmpty else { continue }
                        guard let progress = RunProgress(json: line) else {
                            observer.note(line)
                            continue
                        }
                        observer.take(progress)
                        switch progress {
                        case .started(let run): if let endpoint = run.endpoint { listening(endpoint) }
                        // Nothing comes after it; the end of a pipe is not always noticed at once.
                        case .finished: return
                        default: break
                        }
                    }
                }
                group.addTask {
                    try await gracefulShutdown()
                    observer.note("stopping")
                    try? execution.send(signal: .terminate)
                    throw Interruption()
                }
                do {
                    try await group.next()
                } catch is Interruption {
                    // Its last lines still have to be read.
                    try await group.next()
                    group.cancelAll()
                    return true
                }
                group.cancelAll()
                return false
            }
        }
        return Ending(status: result.terminationStatus.code, wasInterrupted: result.closureResult)
    }

    private struct Interruption: Error {}

    // MARK: The workers

    private func work(for endpoint: String) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<plan.workers {
                // As even as the division allows.
                let count = (index + 1) * plan.clients / plan.workers - index * plan.clients / plan.workers
                group.addTask { try await worker(number: index + 1, clients: count, endpoint) }
            }
            try await group.waitForAll()
        }
    }

    private func worker(number: Int, clients: Int, _ endpoint: String) async throws {
        var arguments = [
            "--coordinator", endpoint, "--clients", "\(clients)", "--threads", "\(plan.threads)", "--name",
            "worker-\(number)", "--stop-at-end-of-input", "--log-level", "warning", "--retry-for", "20",
        ]
        if let folder = plan.dataFolder { arguments += ["--data", folder] }
        let result = try await Subprocess.run(
            configuration("fed-client", arguments), input: .inputWriter, output: .discarded, error: .sequence
        ) { execution in
            for try await line in execution.standardError.strings() {
                observer.note("worker-\(number): \(line.trimmingCharacters(in: .newlines))")
            }
        }
        if result.terminationStatus.code != 0 {
            observer.note("worker-\(number) ended with \(result.terminationStatus)")
        }
    }

    /// A program that lies beside this one, as a child.
    private func configuration(_ program: String, _ arguments: [String]) -> Configuration {
        let own = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        let path = own.deletingLastPathComponent().appending(path: program).path(percentEncoded: false)
        var options = PlatformOptions()
        options.processGroupID = 0
        options.teardownSequence = [.gracefulShutDown(allowedDurationToNextStep: .seconds(3))]
        return Configuration(
            executable: .path(.init(path)), arguments: Arguments(arguments), environment: .inherit,
            platformOptions: options)
    }
}

extension TerminationStatus {
    /// The exit status as a shell would have it.
    var code: Int32 {
        switch self {
        case .exited(let code): code
        case .signaled(let signal): 128 + signal
        }
    }
}
