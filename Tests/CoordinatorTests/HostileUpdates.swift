import Datasets
import Federation
import Foundation
import Learning
import NIOCore
import Parameters
import Runs
import Transport
import Wire

/// What a hostile client answers an invitation with. None of it may be part of a model.
enum HostileUpdates: Int, CaseIterable, Sendable {
    case notANumber, infinite, hugeNorm, wrongDigest, wrongCount, anothersUpdate, oldRound, futureRound, wrongAttempt
    case tooShort, tooLong, chunkOutOfOrder, chunkOfAnother, headerTwice, nothingButAHeader, failureOfAnother,
        welcomeBack

    /// The bytes, as frames.
    ///
    /// - Parameters:
    ///   - key: as invited.
    ///   - other: a client of somebody else's.
    func frames(_ key: UpdateKey, _ other: ClientID, _ context: RunContext) -> [ByteBuffer] {
        let layout = context.model.layout
        var values = [Float](repeating: 0.01, count: layout.count)
        var examples = UInt32(context.partition.count(of: Int(key.client.rawValue)))
        var used = key
        switch self {
        case .notANumber: values[17] = .nan
        case .infinite: values[0] = .infinity
        case .hugeNorm: values = values.map { _ in Float(1e30) }
        case .wrongCount: examples = .max
        case .anothersUpdate: used = UpdateKey(round: key.round, client: other, attempt: 1)
        case .oldRound: used = UpdateKey(round: max(1, key.round - 1), client: key.client, attempt: key.attempt)
        case .futureRound: used = UpdateKey(round: key.round + 5, client: key.client, attempt: 1)
        case .wrongAttempt: used = UpdateKey(round: key.round, client: key.client, attempt: key.attempt + 9)
        default: break
        }
        let update = OutgoingUpdate(
            key: used, examples: examples, loss: 0.1, accuracy: 1, steps: 1, trainMicroseconds: 1,
            parameters: ParameterVector(layout: layout, values: values), chunkSize: 5000)
        var frames = Array(update)
        var header = update.header
        switch self {
        case .wrongDigest:
            header.digest = ContentDigest(of: [1])
            frames[0] = Message.updateHeader(header).frame()
        case .tooShort:
            header.byteCount = 4
            frames[0] = Message.updateHeader(header).frame()
        case .tooLong:
            header.byteCount = .max
            frames[0] = Message.updateHeader(header).frame()
        case .chunkOutOfOrder: frames.swapAt(1, 3)
        case .chunkOfAnother:
            let chunk = UpdateChunk(
                key: UpdateKey(round: key.round, client: other, attempt: 1), offset: 0,
                bytes: ByteBuffer(repeating: 0, count: 8))
            frames.insert(Message.updateChunk(chunk).frame(), at: 1)
        case .headerTwice: frames.insert(frames[0], at: 1)
        case .nothingButAHeader: frames = [frames[0]]
        case .failureOfAnother:
            let failed = TrainingFailed(
                key: UpdateKey(round: key.round, client: other, attempt: 1), reason: .diverged, text: "not mine")
            frames = [Message.trainingFailed(failed).frame()]
        case .welcomeBack:
            frames = [Message.ready(Ready(dataDigest: ContentDigest(of: [2]), clients: [], isLast: true)).frame()]
        default: break
        }
        return frames
    }
}
