import Glibc
import NIOCore
import Synchronization

/// One connection through a ``NetworkProxy``: the two sides, and what passes between them.
final class ProxiedConnection: Sendable {
    /// Longer than any test.
    private static let forEver = Duration.seconds(1_000_000)

    private let proxy: NetworkProxy
    private let plan: ConnectionPlan
    private let client: any Channel
    private let server: any Channel
    /// When bytes move again; `nil` if they do.
    private let stalledUntil = Mutex<ContinuousClock.Instant?>(nil)

    init(proxy: NetworkProxy, plan: ConnectionPlan, client: any Channel, server: any Channel) {
        self.proxy = proxy
        self.plan = plan
        self.client = client
        self.server = server
    }

    /// Passes bytes on until both sides have ended, one is lost, or the plan has it cut.
    func run(
        fromClient: NIOAsyncChannelInboundStream<ByteBuffer>, fromServer: NIOAsyncChannelInboundStream<ByteBuffer>
    ) async {
        // A write that the other side does not take ends when its channel closes, not when its task is cancelled.
        await withTaskCancellationHandler {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await self.pass(fromClient, .toServer, to: self.server) }
                group.addTask { await self.pass(fromServer, .toClient, to: self.client) }
            }
        } onCancel: {
            close()
        }
    }

    private func close() {
        client.close(promise: nil)
        server.close(promise: nil)
    }

    /// Passes on all that comes from one side, and then its end.
    private func pass(
        _ source: NIOAsyncChannelInboundStream<ByteBuffer>, _ direction: FlowDirection, to destination: any Channel
    ) async {
        do {
            var flow = plan.flow(direction)
            var incidents = plan.incidents.filter { $0.direction == direction }.sorted { $0.after < $1.after }[...]
            var passed = 0
            try await meet(&incidents, passed)
            for try await var segment in source {
                while segment.readableBytes > 0 {
                    let next = flow.next()
                    let untilIncident = (incidents.first?.after ?? .max) - passed
                    let count = min(segment.readableBytes, next.size ?? .max, untilIncident)
                    guard let piece = segment.readSlice(length: count) else { return close() }
                    let wait = next.delay + flow.duration(of: count)
                    if wait > .zero { try await Task.sleep(for: wait) }
                    try await waitWhileStalled()
                    try await destination.writeAndFlush(piece).get()
                    passed += count
                    proxy.count {
                        $0.bytes[direction, default: 0] += count
                        $0.pieces[direction, default: 0] += 1
                    }
                    try await meet(&incidents, passed)
                }
            }
            try await waitWhileStalled()
            try await destination.close(mode: .output).get()
        } catch {
            // Cut, lost or cancelled: the other side is to know it, and the other direction ends with it.
            close()
        }
    }

    // MARK: Incidents

    private struct WasCut: Error {}

    /// Has happen what is due after `passed` bytes.
    private func meet(_ incidents: inout ArraySlice<ConnectionPlan.Incident>, _ passed: Int) async throws {
        while let incident = incidents.first, incident.after <= passed {
            incidents.removeFirst()
            switch incident.kind {
            case .stall(let duration):
                proxy.count { $0.stalls += 1 }
                stalledUntil.withLock { $0 = .now + (duration ?? Self.forEver) }
            case .cut(let isReset):
                proxy.count { $0.cuts += 1 }
                if isReset {
                    for channel in [client, server] {
                        // With no time to linger, what is closed is reset.
                        try? await (channel as? any SocketOptionProvider)?
                            .setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
                    }
                }
                throw WasCut()
            }
        }
    }

    private func waitWhileStalled() async throws {
        while let until = stalledUntil.withLock({ $0 }), until > .now {
            try await Task.sleep(until: until, clock: .continuous)
        }
    }
}
