import Federation
import Foundation
import Parameters
import RunStore
import Wire

/// What the shell keeps for the round that is being collected; which of it counts, the round machine decides.
struct RoundInProgress {
    let round: UInt32
    let cohort: [ClientID]
    let startedAt: Date
    let start: ContinuousClock.Instant
    /// Until the first model was ready to be sent.
    var selectDuration = Duration.zero
    /// The listener's counters when the round began.
    let sentBefore: Int
    let receivedBefore: Int
    /// What is known of each client: its report, or why there is none.
    var clients: [ClientID: ClientRoundRecord] = [:]
    var reported = 0
    var failed = 0
    /// The model's frames for each size of chunk that was agreed on; nearly always one.
    private var models: [Int: EncodedModel] = [:]

    init(
        round: UInt32, cohort: [ClientID], startedAt: Date, start: ContinuousClock.Instant, sentBefore: Int,
        receivedBefore: Int
    ) {
        self.round = round
        self.cohort = cohort
        self.startedAt = startedAt
        self.start = start
        self.sentBefore = sentBefore
        self.receivedBefore = receivedBefore
    }

    /// The round's model as frames, made once for all workers that agreed on the same chunks.
    mutating func model(of parameters: ParameterVector, chunkSize: Int) -> EncodedModel {
        if let model = models[chunkSize] { return model }
        let model = EncodedModel(parameters: parameters, round: round, chunkSize: chunkSize)
        models[chunkSize] = model
        return model
    }

    /// The frames are needed no longer.
    mutating func forgetModels() {
        models = [:]
    }

    /// The rows of the record, in the order of client ids.
    func records(for closure: RoundClosure) -> [ClientRoundRecord] {
        let reported = closure.reported.map { key in
            clients[key.client] ?? ClientRoundRecord(client: key.client, attempt: Int(key.attempt), status: .reported)
        }
        let failed = closure.failed.map { failure in
            let known = clients[failure.key.client]
            return ClientRoundRecord(
                client: failure.key.client, attempt: Int(failure.key.attempt), status: .failed,
                reason: failure.reason.rawValue, detail: known?.detail, worker: known?.worker)
        }
        return (reported + failed).sorted { $0.client < $1.client }
    }
}

extension [ClientRoundRecord] {
    /// The mean loss and accuracy that the clients reported, weighted by their examples; `nil` if nobody did. Summed in
    /// the order of the elements.
    var weightedTraining: (loss: Double, accuracy: Double)? {
        var examples = 0.0
        var loss = 0.0
        var accuracy = 0.0
        for client in self where client.status == .reported {
            let weight = Double(client.examples ?? 0)
            examples += weight
            loss += weight * (client.loss ?? .nan)
            accuracy += weight * (client.accuracy ?? .nan)
        }
        return examples > 0 ? (loss / examples, accuracy / examples) : nil
    }
}
