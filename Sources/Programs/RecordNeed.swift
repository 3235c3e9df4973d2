public import Diagnostics
internal import Federation
internal import Foundation
internal import Glibc
internal import Learning
internal import Parameters
public import Scenarios
internal import Terminal

/// The room that a run's record takes on the disk, with what lies beside it while a round is collected, estimated from the
/// scenario before the run begins.
public struct RecordNeed: Sendable {
    /// Of a row with its place in the index, at the least.
    private static let roundRow = 200
    private static let clientRow = 150

    /// No less than this will be written.
    public let bytes: Int
    private let isBounded: Bool
    private let savings: [String]

    /// - Parameter roundsDone: those that are in the record already.
    public init(_ scenario: Scenario, roundsDone: Int = 0) {
        let rounds = Double(scenario.rounds)
        let parts = scenario.strategy.make().parts
        let layout = scenario.expectedModel?.layout ?? ParameterLayout([])
        let model = Double(layout.byteCount)
        let server = Double(parts.server(layout, clients: scenario.clients).combined.byteCount)
        let inUse = scenario.asynchrony?.maximumStaleness ?? 0
        let models = min((scenario.keepModels.limit.map { Double($0) } ?? rounds) + Double(inUse), rounds) + 1
        let clientRows =
            min(scenario.keepClientRounds.limit.map { Double($0) } ?? rounds, rounds) * Double(scenario.selected)
        let updates = scenario.keepUpdates ? clientRows * model * Double(parts.updateVectors.count) : 0
        let whole = models * server + updates + rounds * Double(Self.roundRow) + clientRows * Double(Self.clientRow)
        let left = max(0, rounds - Double(roundsDone)) / rounds
        // Updates that wait for the last of their round, where the strategy has to see all of them.
        let waiting = scenario.strategy.seesAllUpdates ? Double(scenario.cohort) * model : 0
        let spilled = left > 0 ? max(0, waiting - Double(scenario.updateMemory)) : 0
        bytes = Int(exactly: (whole * left + spilled).rounded()) ?? .max
        isBounded = scenario.endingAccuracy == nil && scenario.patience == nil
        savings = [
            scenario.keepUpdates ? "keep_updates: false" : nil,
            scenario.keepModels.limit ?? .max > 10 ? "keep_models: 10" : nil,
            scenario.keepClientRounds == .all && scenario.asynchrony == nil
                ? "keep_client_rounds: 100" : nil,
        ].compactMap(\.self)
    }

    /// That of several runs in one record.
    public init(_ needs: [RecordNeed]) {
        bytes = needs.reduce(0) { sum, need in
            let (bytes, isTooLarge) = sum.addingReportingOverflow(need.bytes)
            return isTooLarge ? .max : bytes
        }
        isBounded = needs.allSatisfy(\.isBounded)
        savings = needs.reduce(into: []) { all, need in all += need.savings.filter { !all.contains($0) } }
    }

    /// Whether the record finds room.
    ///
    /// - Returns: a warning, where it may not but the run may also end before, at its target.
    /// - Throws: a ``Problem`` where it surely does not.
    public func check(database: String) throws(Problem) -> String? {
        guard let free = Self.free(at: database), let problem = shortage(free: free, at: database) else { return nil }
        guard !isBounded else { throw problem }
        return problem.what + ", unless a target is reached long before; " + (problem.remedy ?? "")
    }

    /// What is wrong where so many bytes are free; `nil` if there is room.
    package func shortage(free: Int, at database: String) -> Problem? {
        guard bytes > free else { return nil }
        let less =
            savings.isEmpty ? "run fewer rounds" : "keep less (\(savings.joined(separator: ", ")) in the scenario)"
        return Problem(
            .unavailable,
            "the record grows by \(NumberFormat.bytes(bytes)) or more, and its disk has \(NumberFormat.bytes(free)) "
                + "free", at: database,
            remedy: "make room, name a file on another disk with --database, or \(less)")
    }

    /// What this user may still write to the disk that a file is on, or will be; `nil` where that cannot be told.
    private static func free(at path: String) -> Int? {
        var status = statvfs()
        let folder = URL(filePath: path).deletingLastPathComponent().path(percentEncoded: false)
        guard statvfs(folder, &status) == 0 else { return nil }
        let (bytes, isTooLarge) = Int(clamping: status.f_bavail).multipliedReportingOverflow(
            by: Int(clamping: status.f_frsize))
        return isTooLarge ? .max : bytes
    }
}
