public import Federation
public import Parameters
public import RunStore
public import Wire

/// An update that has arrived whole and has the digest that it was announced with.
public struct ReceivedUpdate: Sendable {
    public let header: UpdateHeader
    public let parts: Parts
    public let transferDuration: Duration

    public init(header: UpdateHeader, parts: Parts, transferDuration: Duration) {
        self.header = header
        self.parts = parts
        self.transferDuration = transferDuration
    }

    /// The row of the record.
    ///
    /// - Parameters:
    ///   - worker: who hosts the client.
    ///   - ownData: whether the client trained on examples of its own.
    public func record(worker: String, ownData: Bool = false) -> ClientRoundRecord {
        ClientRoundRecord(
            client: header.key.client, attempt: Int(header.key.attempt), status: .reported, worker: worker,
            examples: Int64(header.examples), loss: header.loss, accuracy: header.accuracy, steps: Int64(header.steps),
            bytesReceived: Int64(clamping: header.byteCount), trainSeconds: Double(header.trainMicroseconds) / 1e6,
            transferSeconds: transferDuration.seconds, updateDigest: header.digest, ownData: ownData,
            stateRound: header.stateRound == 0 ? nil : Int(header.stateRound),
            scalars: header.scalars.isEmpty ? nil : header.scalars,
            // An update whose numbers cannot be has been refused before.
            heldOut: try? HeldOutResult(parts))
    }
}

extension ClientRoundRecord {
    /// The row of a client that gave no update, or none that can be used.
    public init(failed key: UpdateKey, _ reason: FailureReason, _ detail: String, worker: String?) {
        self.init(
            client: key.client, attempt: Int(key.attempt), status: .failed, reason: reason.rawValue, detail: detail,
            worker: worker)
    }
}
