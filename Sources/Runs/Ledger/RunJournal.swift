public import Federation
import RunStore
import Synchronization

import struct Foundation.Date

/// The events of one run, on their way into the record.
public final class RunJournal: Sendable {
    private struct State {
        /// Not written down yet.
        var waiting: [EventRecord] = []
        var allowance = EventAllowance()
    }

    private let store: RunStore
    private let run: RunIdentity
    private let now: @Sendable () -> Date
    private let state = Mutex(State())
    /// Has an element when events wait.
    private let wakes: AsyncStream<Void>
    private let wake: AsyncStream<Void>.Continuation

    init(_ run: RunIdentity, in store: RunStore, now: @escaping @Sendable () -> Date) {
        self.run = run
        self.store = store
        self.now = now
        (wakes, wake) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Puts an event into the record; ``write()`` does so.
    ///
    /// - Parameters:
    ///   - peer: the other end of a connection, with its port.
    ///   - source: who caused it, so that one that causes many is told from the others: the client, else the peer's
    ///     address, unless something else is named.
    /// - Returns: the text as it is recorded; `nil` if it is not, since the same source has caused so many of these.
    @discardableResult
    public func note(
        _ kind: String, round: UInt32? = nil, client: ClientID? = nil, peer: String? = nil, source: String? = nil,
        _ text: String
    ) -> String? {
        let source = source ?? client.map { "client \($0)" } ?? peer.map(Self.address)
        let recorded: String? = state.withLock { state in
            var text = text
            switch source.map({ state.allowance.answer(kind: kind, source: $0) }) ?? .record {
            case .omit: return nil
            case .recordAsNumber(let number): text += " (\(number) times until now)"
            case .record: break
            }
            state.waiting.append(
                EventRecord(at: now(), round: round.map(Int.init), client: client, peer: peer, kind: kind, text: text))
            return text
        }
        if recorded != nil { wake.yield() }
        return recorded
    }

    /// A peer without its port, which is another one each time.
    private static func address(_ peer: String) -> String {
        String(peer[..<(peer.lastIndex(of: ":") ?? peer.endIndex)])
    }

    /// Writes events down as they come, until ``close()``. Those that come while others are written go into one
    /// transaction: when thousands of clients are lost at once, thousands do.
    public func write() async throws {
        for await _ in wakes { try await writeWaiting() }
        try await writeWaiting()
    }

    private func writeWaiting() async throws {
        let events = state.withLock { state in
            defer { state.waiting = [] }
            return state.waiting
        }
        if !events.isEmpty { try await store.record(events, of: run) }
    }

    /// No event comes any more.
    public func close() {
        for text in state.withLock({ $0.allowance.omitted }) { note("not_all_recorded", text) }
        wake.finish()
    }
}
