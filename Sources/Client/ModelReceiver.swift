import NIOCore
import Parameters
import Transport
import Wire

/// Receives the global models of one connection, one after the other, and holds the one whose round is open.
///
/// A model that the process holds already is not kept again: its bytes are read past. As only a few connections do either
/// at once, a process with a thousand connections takes the memory of one model and a few frames.
///
/// It belongs to the one task that reads the connection.
final class ModelReceiver {
    private enum State {
        case idle
        case receiving(round: UInt32, IncomingTransfer)
        case skipping(round: UInt32, remaining: UInt64, RoundModel)
        case holding(round: UInt32, RoundModel)

        /// Of the model that is there or on its way.
        var round: UInt32? {
            switch self {
            case .idle: nil
            case .receiving(let round, _), .skipping(let round, _, _), .holding(let round, _): round
            }
        }
    }

    private let host: WorkerHost
    private let connection: PeerConnection
    private var state = State.idle
    private var holdsSlot = false

    init(host: WorkerHost, connection: PeerConnection) {
        self.host = host
        self.connection = connection
    }

    /// The model of the round that is open; `nil` while it is not all there.
    var model: RoundModel? {
        if case .holding(_, let model) = state { model } else { nil }
    }

    /// Takes the header of a model; waits while other connections receive theirs, and the connection with it.
    func begin(_ header: ModelHeader, layout: ParameterLayout) async throws {
        release()
        let transfer = try IncomingTransfer(
            byteCount: header.byteCount, codec: header.codec, digest: header.digest, layout: layout)
        try await connection.withoutListening { try await host.receiving.acquire() }
        holdsSlot = true
        if let model = host.models.model(with: header.digest), model.parameters.layout == layout {
            state = .skipping(round: header.round, remaining: header.byteCount, model)
        } else {
            state = .receiving(round: header.round, transfer)
        }
        expectMore()
    }

    /// Takes a chunk that the session has let through.
    func append(_ chunk: ModelChunk) throws {
        switch state {
        case .idle, .holding:
            break
        case .skipping(let round, let remaining, let model):
            // The session lets no chunk through that goes beyond the transfer.
            let left = remaining - UInt64(chunk.bytes.readableBytes)
            if left == 0 {
                hold(model, round)
            } else {
                state = .skipping(round: round, remaining: left, model)
                expectMore()
            }
        case .receiving(let round, var transfer):
            state = .idle  // So that the transfer is not copied when it grows.
            if try transfer.append(offset: chunk.offset, bytes: chunk.bytes) {
                hold(host.models.share(try transfer.finish()), round)
            } else {
                state = .receiving(round: round, transfer)
                expectMore()
            }
        }
    }

    /// The round is over: its model is let go of, or not received to its end.
    func close(_ round: UInt32) {
        if let current = state.round, current <= round { release() }
    }

    /// Gives back what it holds; for the end of the connection, too.
    func release() {
        state = .idle
        endTransfer()
    }

    private func hold(_ model: RoundModel, _ round: UInt32) {
        state = .holding(round: round, model)
        endTransfer()
    }

    private func endTransfer() {
        connection.met(.transfer)
        if holdsSlot {
            holdsSlot = false
            host.receiving.release()
        }
    }

    private func expectMore() {
        connection.expect(.transfer, within: connection.limits.transferTimeout)
    }
}
