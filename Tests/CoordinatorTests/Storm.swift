import Client
import Coordinator
import Federation
import Foundation
import Runs
import TestSupport
import Transport
import Wire
import Workers

/// A run whose workers reach the coordinator through networks that break in every way that a test can think of.
struct Storm: Sendable {
    /// What a size of storm takes.
    struct Scale: Sendable {
        let model: String
        let rounds: Int
        let cohort: Int
        let chunkSize: Int
        /// The bytes of the model.
        let modelBytes: Int
    }

    /// Whether the long storm is asked for: larger models, in as many rounds.
    static let isLong = ProcessInfo.processInfo.environment["FED_STORM"] == "long"

    static let scale =
        isLong
        ? Scale(model: "mlp-2nn", rounds: 50, cohort: 20, chunkSize: 64 << 10, modelBytes: 199_210 * 4)
        : Scale(model: "logistic", rounds: 50, cohort: 8, chunkSize: 4 << 10, modelBytes: 7850 * 4)

    /// What the networks have done to the connections.
    struct Damage: Sendable {
        var cuts = 0
        var stalls = 0
        var connections = 0
    }

    static func scenario(_ more: String) -> String {
        """
        rounds: \(scale.rounds)
        clients: 20
        cohort: \(scale.cohort)
        model: \(scale.model)
        partition: {rule: shards, shards_per_client: 2}
        train: {batch_size: 10, learning_rate: 0.1}
        \(more)
        """
    }

    /// Limits with which a lost connection is found out in half a second.
    static var limits: WireLimits {
        var limits = WireLimits()
        limits.chunkSize = scale.chunkSize
        limits.heartbeat = .milliseconds(150)
        limits.greetingTimeout = .seconds(1)
        limits.transferTimeout = .seconds(1)
        return limits
    }

    static var settings: CoordinatorSettings { CoordinatorSettings(limits: limits) }

    /// Three networks: one that is slow and tears apart what it carries, one that halts, one that dies without a word; all
    /// of them cut what goes through them.
    static let networks: [NetworkConditions] = {
        let bytes = scale.modelBytes
        let pieces = FlowConditions(delay: .zero ... .milliseconds(1), pieces: 1...bytes / 2)
        let narrow = FlowConditions(bytesPerSecond: 100 * bytes)
        return [
            NetworkConditions(toServer: pieces, toClient: narrow, cut: .init(after: bytes / 4...16 * bytes)),
            NetworkConditions(
                toServer: narrow, toClient: pieces, cut: .init(after: bytes / 4...16 * bytes),
                stall: .init(after: bytes / 4...4 * bytes, lasting: .milliseconds(5) ... .milliseconds(60))),
            NetworkConditions(
                toServer: pieces, toClient: pieces, cut: .init(after: bytes / 4...20 * bytes, connections: 30),
                stall: .init(after: bytes / 4...30 * bytes, connections: 12)),
        ]
    }()

    /// The clients behind each network, and their connections.
    static let workers: [(clients: UInt32, connections: Int)] = [(7, 2), (7, 3), (6, 2)]

    let seed: UInt64

    /// Carries the run to its end through the storm; how it ended, and what the networks did.
    func rage(over run: NetworkedRun) async throws -> (RunOutcome, Damage) {
        try await through([], run)
    }

    private func through(_ proxies: [NetworkProxy], _ run: NetworkedRun) async throws -> (RunOutcome, Damage) {
        guard proxies.count == Self.networks.count else {
            return try await NetworkProxy.withProxy(
                to: run.listener.endpoint, conditions: Self.networks[proxies.count], seed: seed + UInt64(proxies.count)
            ) { try await through(proxies + [$0], run) }
        }
        let outcome = try await run.run { run in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (index, part) in Self.workers.enumerated() {
                    let worker = try await run.worker(
                        .count(part.clients), connections: part.connections, name: "w\(index)", limits: Self.limits,
                        endpoint: proxies[index].endpoint)
                    group.addTask { _ = try await worker.run() }
                }
                try await group.waitForAll()
            }
        }
        var damage = Damage()
        for counts in proxies.map(\.counts) {
            damage.cuts += counts.cuts
            damage.stalls += counts.stalls
            damage.connections += counts.connections
        }
        return (outcome, damage)
    }
}
