import ArgumentParser
import Diagnostics
import Federation
import RunStore
import Simulation
import Terminal

/// What `fed replay` and `fed verify` show: a progress bar, what differs, and what it all comes to.
struct ReplayReport {
    private let run: RecordedRun
    private let asJSON: Bool
    private let output = TerminalOutput.standardOutput

    init(_ run: RecordedRun, asJSON: Bool) {
        self.run = run
        self.asJSON = asJSON
    }

    /// What is printed as JSON.
    private struct Document: Encodable {
        struct Difference: Encodable {
            let round: Int
            let client: UInt32?
            let text: String
        }

        struct Missing: Encodable {
            let round: Int
            let client: UInt32
        }

        let agrees: Bool
        let rounds: Int
        let updates: Int
        /// Of clients with data of their own: taken as they are.
        let updatesTaken: Int
        /// Of clients with data of their own, and not kept: not checked, nor the models that they are part of.
        let updatesMissing: [Missing]
        let roundsUnchecked: Int
        let differences: [Difference]
        /// What is other here than where the run was made.
        let circumstances: [String]
    }

    /// Prints a line, unless a program reads.
    func say(_ line: String) {
        if !asJSON { output.write(line + "\n") }
    }

    /// Shows how far it is while `body` does its work.
    func follow(
        trainings: Int, _ body: (@escaping @Sendable (Replay.Progress) -> Void) async throws -> ReplayResult
    ) async throws -> ReplayResult {
        for circumstance in run.otherCircumstances { say("note: \(circumstance)") }
        let bar = ProgressDisplay("replaying", total: trainings, unit: .items("trainings"))
        defer { bar.finish() }
        return try await body { progress in
            switch progress {
            case .trained: bar.advance(by: 1)
            case .remade(let round): bar.advance(by: 0, note: "made round \(round) again")
            case .checked(let round): bar.advance(by: 0, note: "round \(round)")
            case .found: break
            }
        }
    }

    /// Says what was found.
    ///
    /// - Throws: a ``Problem`` when it is not what the record says.
    func finish(_ result: ReplayResult) throws {
        if asJSON {
            try RecordOptions.print(
                json: Document(
                    agrees: result.agrees, rounds: result.rounds, updates: result.updates,
                    updatesTaken: result.taken,
                    updatesMissing: result.missing.map { .init(round: $0.round, client: $0.client.rawValue) },
                    roundsUnchecked: result.unchecked,
                    differences: result.differences.map {
                        .init(round: $0.round, client: $0.client?.rawValue, text: "\($0)")
                    }, circumstances: run.otherCircumstances))
        }
        for difference in result.differences { say("\(difference)") }
        if result.unchecked > 0 {
            say(
                "\(NumberFormat.count(result.unchecked, "later round")) not checked: the record has no model that they begin with"
            )
        }
        if result.taken > 0 {
            say("\(NumberFormat.count(result.taken, "update")) of clients with data of their own taken as they are")
        }
        if !result.missing.isEmpty { say(Self.text(result.missing)) }
        guard result.agrees else {
            throw Problem(
                .data,
                "the record is not what comes out: \(NumberFormat.count(result.differences.count, "difference")) in "
                    + scope(result), at: run.place, remedy: reasons)
        }
        // Where updates are missing, "all" would promise too much.
        let verdict = result.missing.isEmpty ? "all agree" : "what can be checked agrees"
        say("\(output.style.text(verdict, .bold, .green)): \(scope(result))")
    }

    /// Which updates could not be checked.
    private static func text(_ missing: [ReplayResult.Missing]) -> String {
        let clients = Set(missing.map(\.client)).sorted()
        let shown = clients.prefix(12).map(\.description).joined(separator: ", ") + (clients.count > 12 ? ", …" : "")
        let rounds = NumberFormat.count(Set(missing.map(\.round)).count, "round")
        return
            "not checked: \(NumberFormat.count(missing.count, "update")) of clients with data of their own (\(shown)), and "
            + "the models of the \(rounds) that they are part of; keep_updates: true would have kept them"
    }

    private func scope(_ result: ReplayResult) -> String {
        let updates = NumberFormat.count(result.updates, "update")
        return result.rounds == 0 ? updates : "\(NumberFormat.count(result.rounds, "round")), \(updates)"
    }

    /// Why it can be that something differs.
    private var reasons: String {
        let circumstances = run.otherCircumstances
        return circumstances.isEmpty
            ? "data, version and kernels are those of the run: the record was changed, or a client or a machine was wrong"
            : "it may be since \(circumstances.joined(separator: "; ")); or the record was changed"
    }
}
