import Diagnostics
import Federation
import Foundation
import Programs
import Scenarios

extension LocalRun {
    /// Which processes there are, and what each of them is told.
    struct Plan: Sendable {
        /// `nil`: the record's latest run goes on.
        var scenarioPath: String?
        /// Options that give keys of the scenario other values.
        var scenarioOptions: [String] = []
        var clients: Int
        var workers: Int
        /// Of all workers together.
        var connections: Int
        /// For each worker.
        var threads: Int
        var database: String
        var dataFolder: String?
        /// Whether digits that the program draws may stand in for an MNIST that the scenario does not name.
        var allowDrawnDigits = false

        /// - Parameters:
        ///   - path: where the scenario lies.
        ///   - workers: by default one for each core, but no more than clients or connections.
        ///   - connections: by default one for each worker, or for each client where devices need it; no more than clients.
        ///   - threads: for each worker; by default the cores divided among them.
        init(
            scenario: Scenario, path: String?, workers: Int?, connections: Int? = nil, threads: Int?, database: String,
            dataFolder: String?
        ) {
            let cores = ProcessInfo.processInfo.activeProcessorCount
            scenarioPath = path
            clients = scenario.clients
            self.workers = min(workers ?? cores, connections ?? clients, clients)
            self.connections = min(
                connections ?? (scenario.fleet.needsOwnConnections ? clients : self.workers), clients)
            self.threads = threads ?? max(1, cores / self.workers)
            self.database = database
            self.dataFolder = dataFolder
        }

        /// What the processes will surely want for, before one is started.
        var shortage: Problem? {
            OpenFiles.raiseLimit()
            let count = max(connections, Self.filesPerWorker * workers)
            return OpenFiles.shortage(
                of: count,
                for: "\(connections) \(connections == 1 ? "connection" : "connections") of "
                    + "\(workers) \(workers == 1 ? "worker" : "workers")",
                remedy: "ask for fewer --connections and --workers, or run it --in-process")
        }

        /// What this process holds for each worker: pipes and the process itself.
        private static let filesPerWorker = 4

        /// How many clients a worker hosts: as even as the division allows.
        ///
        /// - Parameter worker: from 0.
        func clients(ofWorker worker: Int) -> Int { part(clients, of: worker) }

        /// How many connections a worker has, never more than clients.
        func connections(ofWorker worker: Int) -> Int { part(connections, of: worker) }

        private func part(_ count: Int, of worker: Int) -> Int {
            count / workers + (worker < count % workers ? 1 : 0)
        }
    }
}
