import Federation
public import RunStore
import Runs

extension RecordedRun {
    /// Who takes part in the run. Rows of clients that reported and that the record has not kept are made again, where the
    /// rounds' cohorts depend on the scenario alone.
    public func participation() async throws -> Participation {
        var participation = try await reader.participation(of: summary.run)
        guard participation.missingRows > 0, try await !hasOwnData else { return participation }
        var found: [ClientRoundRecord] = []
        for row in try await reader.rounds(of: identity) where selected(in: row) != nil {
            // Rows that were reported and are in the record have a digest.
            found += try await clients(of: row).filter { $0.status == .reported && $0.updateDigest == nil }
        }
        participation.count(found)
        return participation
    }
}
