public import Datasets
import Diagnostics
import Parameters
public import RunStore
public import Scenarios

// What a run in the record needs to be gone on with, or to be done again.
extension RunSummary {
    /// The run's scenario.
    ///
    /// - Parameter place: the run and its database, for messages.
    /// - Throws: a ``Problem`` when it is not what the run began with, or none at all.
    public func scenario(at place: String) throws -> Scenario {
        let details = run.details
        guard details.isScenarioIntact else {
            throw Problem(
                .data,
                "the scenario is not the one that the run began with: runs.scenario has another digest than "
                    + "runs.scenario_digest", at: place,
                remedy:
                    "take the database from a backup: with another scenario nothing of the run can be gone on with or "
                    + "checked")
        }
        var scenario: Scenario
        do {
            scenario = try Scenario.parse(details.scenario, file: details.name)
        } catch {
            throw Problem(error.kind, "this version cannot read the run's scenario: \(error.what)", at: place)
        }
        scenario.name = details.name
        return scenario
    }

    /// Which data the run needs, as they are to be had here.
    ///
    /// - Parameter folder: that the user named.
    public func dataRequest(for scenario: Scenario, folder: String?) -> DatasetRequest {
        let kind = DatasetKind(rawValue: run.details.dataKind) ?? scenario.data
        return DatasetRequest(kind: kind, folder: folder, allowDrawnDigits: kind == .digits)
    }

    /// Checks that these are the run's data.
    ///
    /// - Parameter place: the run and its database, for messages.
    public func check(_ dataset: Dataset, at place: String) throws {
        let details = run.details
        guard dataset.digest == details.dataDigest else {
            throw Problem(
                .data,
                "the run was made with other data: \(details.dataKind) \(details.dataDigest.short)…, and here are "
                    + "\(dataset.provenance.summary), \(dataset.digest.short)…",
                at: place, remedy: "name the folder of the run's data with --data")
        }
    }

    /// The run and its database, for messages.
    public func place(in reader: RunReader) -> String { "\(reader.path), run \(run.identity.number)" }

    /// The first round of the run: 1, unless it is a branch.
    public var firstRound: Int { (run.details.branch?.round ?? 0) + 1 }

    /// The last round that was committed; the one before ``firstRound`` if none was.
    public var lastRound: Int { firstRound - 1 + roundsCommitted }
}
