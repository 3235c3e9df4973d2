import Client
import Datasets
import Federation
import Learning
import Parameters
import Wire

extension HostedData {
    /// The data that the run's greeting describes, found on this machine and dealt by the run's rule.
    ///
    /// - Throws: a ``WireError`` when they are not the run's; a `Problem` when they cannot be had.
    static func load(
        for welcome: Welcome, folder: String?,
        _ loadDataset: @Sendable (DatasetRequest) async throws -> Dataset
    ) async throws -> HostedData {
        let request = DatasetRequest(kind: welcome.dataset, folder: folder, allowDrawnDigits: false)
        let dataset = try await loadDataset(request)
        guard dataset.digest == welcome.datasetDigest else {
            throw WireError(
                .dataMismatch,
                "the run's data are \(welcome.dataset.rawValue), \(welcome.datasetDigest.short)…; this worker has "
                    + "\(dataset.provenance.description), \(dataset.digest.short)…")
        }
        let partition = try welcome.partition.deal(
            dataset.train, clients: Int(welcome.population), seed: welcome.seed)
        let split = partition.holdingOut(welcome.evaluation.holdout, seed: welcome.seed)
        return .dealt(dataset, training: split.training, heldOut: split.heldOut)
    }
}
