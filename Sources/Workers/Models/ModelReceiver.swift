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
        case receiving(ModelHeader, IncomingTransfer)
        case skipping(ModelHeader, remaining: UInt64, RoundModel)
        case holding(ModelHeader, RoundModel)

        /// Of the model that is there or on its way.
        var round: UInt32? {
            switch self {
            case .idle: nil
            case .receiving(let header, _), .skipping(let header, _, _), .holding(let header, _): header.round
            }
        }
    }

    private let host: WorkerHost
    private let worker: WireIdentifier
    private let connection: PeerConnection
    private var state = State.idle
    private var holdsSlot = false

    init(host: WorkerHost, worker: WireIdentifier, connection: PeerConnection) {
        self.host = host
        self.worker = worker
        self.connection = connection
    }

    /// The model of the round that is open; `nil` while it is not all there.
    var model: RoundModel? {
        if case .holding(_, let model) = state { model } else { nil }
    }

    /// How many bytes it was on its way.
    var byteCount: Int? {
        if case .holding(let header, _) = state { Int(clamping: header.byteCount) } else { nil }
    }

    /// Takes the header of a model; waits while other connections receive theirs, and the connection with it.
    func begin(_ header: ModelHeader, layout: ParameterLayout) async throws {
        release()
        let transfer = try IncomingTransfer(
            byteCount: header.byteCount, codec: header.codec, digest: header.digest, layout: layout)
        try await acquireSlot()
        receive(header, transfer)
    }

    /// Takes the beginning of what is missing of a model of which this worker has a part, or nothing.
    func resume(_ rest: ModelRest) async throws {
        release()
        if rest.offset < rest.header.byteCount { try await acquireSlot() }
        switch try host.interruptedModels.remains(for: rest, of: worker) {
        case .whole(let model): hold(model, rest.header)
        case .part(let transfer): receive(rest.header, transfer)
        case .obsolete: release()
        }
    }

    private func acquireSlot() async throws {
        try await connection.withoutListening { try await host.receiving.acquire() }
        holdsSlot = true
    }

    private func receive(_ header: ModelHeader, _ transfer: IncomingTransfer) {
        if let model = host.models.model(with: header.digest), model.parameters.layout == transfer.layout {
            state = .skipping(header, remaining: header.byteCount - transfer.receivedCount, model)
        } else {
            state = .receiving(header, transfer)
        }
        expectMore()
    }

    /// Takes a chunk that the session has let through.
    func append(_ chunk: ModelChunk) throws {
        switch state {
        case .idle, .holding:
            break
        case .skipping(let header, let remaining, let model):
            // The session lets no chunk through that goes beyond the transfer.
            let left = remaining - UInt64(chunk.bytes.readableBytes)
            if left == 0 {
                hold(model, header)
            } else {
                state = .skipping(header, remaining: left, model)
                expectMore()
            }
        case .receiving(let header, var transfer):
            state = .idle  // So that the transfer is not copied when it grows.
            if try transfer.append(offset: chunk.offset, bytes: chunk.bytes) {
                hold(host.models.share(try transfer.finish()), header)
            } else {
                state = .receiving(header, transfer)
                expectMore()
            }
        }
    }

    /// The round is over: its model is let go of, or not received to its end.
    func close(_ round: UInt32) {
        if let current = state.round, current <= round { release() }
    }

    /// The connection has ended: what there is of the model is kept for the next one.
    func end(of run: WireIdentifier?) {
        if let run {
            switch state {
            case .receiving(let header, let transfer) where transfer.receivedCount > 0:
                host.interruptedModels.keep(transfer, header, of: run, for: worker)
            case .skipping(let header, _, let model), .holding(let header, let model):
                host.interruptedModels.keep(model, header, of: run)
            case .idle, .receiving: break
            }
        }
        release()
    }

    /// Gives back what it holds.
    private func release() {
        state = .idle
        endTransfer()
    }

    private func hold(_ model: RoundModel, _ header: ModelHeader) {
        state = .holding(header, model)
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
