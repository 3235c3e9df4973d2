import Runs
import Scenarios

/// The results that all others are compared with, each computed once: of runs in this process, on one thread.
actor References {
    static let shared = References()

    private struct Key: Hashable {
        let file: String
        let clients: Int
    }

    private var results: [Key: RunResult] = [:]

    func result(of file: String, _ context: RunContext) async throws -> RunResult {
        let key = Key(file: file, clients: context.scenario.clients)
        if let known = results[key] { return known }
        let result = try await RunResult.inProcess(context, threads: 1)
        results[key] = result
        return result
    }
}
