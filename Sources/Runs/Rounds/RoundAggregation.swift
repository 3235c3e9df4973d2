import Federation
import Scenarios

/// A round whose updates are in, on the way to its model: taken out of a ``RoundDriver``, so that nothing else waits while the
/// model is made, and handed back to it.
public struct RoundAggregation: Sendable {
    let round: RoundInProgress
    let closure: CohortOutcome
    /// With the updates of the round.
    var global: GlobalModel
    /// The transport's counters at the end of the collection.
    let traffic: RoundDriver.Traffic
    let ledger: RunLedger

    /// What came of it.
    public struct Result: Sendable {
        let closed: AggregatedRound
        let global: GlobalModel
    }

    /// Makes the next global model of the updates; to be called once.
    ///
    /// - Throws: when the updates could not be kept until the last of them, or the task is cancelled.
    public mutating func run() async throws -> Result {
        let clock = ledger.clock
        let collected = clock.now()
        let examples = global.examples
        let root = try await ledger.context.rootModel(
            from: global.parameters, in: round.round, on: ledger.threads)
        // Where it stands, so that the sum is not copied.
        try await global.advance(
            to: round.round, rateFactor: ledger.context.scenario.serverRateFactor(in: round.round), root: root,
            on: ledger.threads)
        let closed = AggregatedRound(
            round: round, closure: closure, server: global.server, hasState: global.hasState, examples: examples,
            population: global.population, bytesSent: traffic.sent - round.sentBefore,
            bytesReceived: traffic.received - round.receivedBefore,
            collectDuration: collected - round.start - round.selectDuration, aggregateDuration: clock.now() - collected,
            settledThrough: closure.round)
        return Result(closed: closed, global: global)
    }
}
