import Client
import Federation
import Learning
import Parameters
import Randomness
import Runs
import Scenarios
import TestSupport
import Testing
import Transport
import Wire
import Workers

extension RunResult {
    /// The result of a run over TCP.
    ///
    /// - Parameter cohorts: each round's cohort, as the reference had it.
    static func tcp(
        _ context: RunContext, _ test: OneResultCase, _ hosting: OneResultCase.Hosting,
        _ arrival: OneResultCase.Arrival, cohorts: [[ClientID]]
    ) async throws -> RunResult {
        let run = try await NetworkedRun(context)
        let hosted = hosting.deal(context.scenario.clients, workers: test.count)
        let threads = hosting == .oneToAConnection ? test.count : 1
        let outcome =
            switch arrival {
            case .asItComes: try await run.run { try await $0.work(hosted, threads: threads) }
            case .reconnecting: try await run.reconnecting(hosted, threads: threads)
            case .reversed:
                try await run.directed(hosted, threads: test.count, order: cohorts.map { $0.reversed() }, copies: 1)
            case .repeated:
                try await run.directed(hosted, threads: test.count, order: cohorts.shuffled(seed: 5), copies: 2)
            }
        #expect(outcome == .finished)
        let result = try await RunResult(run.store, run.identity)
        #expect(arrival == .reconnecting ? result.attempts > 1 : result.attempts == 1)
        return result
    }
}

extension NetworkedRun {
    /// Real workers, until the run is over.
    fileprivate func work(_ hosted: [[ClientID]], threads: Int, through proxy: NetworkProxy? = nil) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (index, clients) in hosted.enumerated() {
                let worker = try await worker(
                    .clients(clients), name: "w\(index)", threads: threads, endpoint: proxy?.endpoint)
                group.addTask {
                    let farewell = try await worker.run()
                    #expect(farewell.isFinished)
                }
            }
            try await group.waitForAll()
        }
    }

    /// Real workers behind a network that holds back and takes apart what they say, and cuts their first connections before
    /// they can have sent an update or been sent a model.
    fileprivate func reconnecting(_ hosted: [[ClientID]], threads: Int) async throws -> RunOutcome {
        let bytes = context.model.layout.byteCount
        let flow = FlowConditions(delay: .zero ... .milliseconds(1), pieces: 1...max(1, bytes / 4))
        let conditions = NetworkConditions(
            toServer: flow, toClient: flow, cut: .init(after: 1...(bytes * 9 / 10), connections: hosted.count + 2))
        return try await NetworkProxy.withProxy(to: listener.endpoint, conditions: conditions, seed: 1) { proxy in
            let outcome = try await run { try await $0.work(hosted, threads: threads, through: proxy) }
            #expect(proxy.counts.cuts > 0)
            return outcome
        }
    }

    /// Workers that send their updates in `order`, each `copies` times.
    fileprivate func directed(
        _ hosted: [[ClientID]], threads count: Int, order: [[ClientID]], copies: Int
    ) async throws -> RunOutcome {
        let script = DeliveryScript(order: order, copies: copies)
        let threads = TrainingThreads(count: count, model: context.model, kernels: context.scenario.kernels.kernels)
        defer { threads.shutdown() }
        let outcome = try await run { run in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for clients in hosted {
                    let worker = DirectedWorker(
                        endpoint: run.listener.endpoint, clients: clients, context: run.context, threads: threads,
                        script: script)
                    group.addTask { try await worker.run() }
                }
                try await group.waitForAll()
            }
        }
        #expect(script.arrivals(rounds: order.count) == order)
        if copies > 1 {
            let again = script.receipts.filter { $0.outcome != .accepted }
            // Who is last in a round comes too late with the second copy; of the last round it may get no answer.
            #expect(again.count { $0.outcome == .duplicate } >= order.reduce(0) { $0 + $1.count - 1 })
            #expect(again.allSatisfy { $0.outcome == .duplicate || $0.outcome == .late })
        }
        return outcome
    }
}

extension OneResultCase.Hosting {
    /// Which clients each connection has.
    fileprivate func deal(_ clients: Int, workers: Int) -> [[ClientID]] {
        let connections = self == .oneToAConnection ? clients : workers
        return (0..<connections).map { first in
            stride(from: first, to: clients, by: connections).map { ClientID(UInt32($0)) }
        }
    }
}

extension [[ClientID]] {
    /// Each round's clients in an order that is drawn.
    fileprivate func shuffled(seed: UInt64) -> [[ClientID]] {
        enumerated().map { round, clients in
            var stream = RandomStream(seed: seed, purpose: .jitter, round: UInt32(round))
            var order = clients.map { Int32($0.rawValue) }
            stream.shuffle(&order)
            return order.map { ClientID(UInt32($0)) }
        }
    }
}
