public import Federation
import Foundation
import Learning
import Parameters
import RunStore

/// A round whose model is made, on its way to evaluation and commit.
public struct AggregatedRound: Sendable {
    public let round: RoundInProgress
    public let closure: CohortOutcome
    /// The model, and what the server remembers with it.
    let server: Parts
    /// Whether the strategy remembers anything beside the model.
    let hasState: Bool
    /// The examples behind the updates in the model.
    let examples: Int
    /// The examples that all clients of the run hold together.
    let population: Int
    /// From the round's beginning until its model was made, over all connections.
    let bytesSent: Int
    let bytesReceived: Int
    let collectDuration: Duration
    let aggregateDuration: Duration
    /// The last round whose updates have all counted, or will not.
    var settledThrough: UInt32

    var model: ParameterVector { server[vector: "model"] }

    /// The rows of its clients.
    var clients: [ClientRoundRecord] { round.records(for: closure) }

    /// The row of the round.
    ///
    /// - Parameter validation: on the examples that no client has.
    func record(
        _ evaluation: ClassEvaluation, _ validation: Evaluation?, evaluateDuration: Duration, committedAt: Date
    ) -> RoundRecord {
        let train = clients.weightedTraining
        let test = evaluation.total
        return RoundRecord(
            round: Int(closure.round), testAccuracy: test.accuracy, testLoss: test.loss,
            modelDigest: model.digest, clientsSelected: closure.count, clientsReported: closure.reported.count,
            clientsFailed: closure.failed.count, trainLoss: train?.loss, trainAccuracy: train?.accuracy,
            examples: Int64(examples), bytesSent: Int64(bytesSent), bytesReceived: Int64(bytesReceived),
            selectSeconds: round.selectDuration.seconds, collectSeconds: collectDuration.seconds,
            aggregateSeconds: aggregateDuration.seconds, evaluateSeconds: evaluateDuration.seconds,
            startedAt: round.startedAt, committedAt: committedAt,
            population: Int64(population), ownDataClients: round.ownDataClients,
            stateDigest: hasState ? server.digest : nil, validationAccuracy: validation?.accuracy,
            validationLoss: validation?.loss, testClasses: evaluation.classes)
    }
}
