import Client
import Coordinator
import Federation
import Foundation
import RunStore
import Runs
import TestSupport
import Testing
import Wire

/// Runs through networks that break. FED_STORM=long has them with larger models.
struct StormTests {
    @Test("After a storm the models are those of the calm run", .timeLimit(.minutes(5)))
    func oneResult() async throws {
        let patient = "network: {join_deadline: 60s, round_deadline: 60s, absence_deadline: 60s}"
        let scenario = Storm.scenario("minimum_updates: \(Storm.scale.cohort)\n\(patient)")
        let calm = try await NetworkedRun(scenario)
        #expect(try await calm.run { run in _ = try await run.worker(.count(20)).run() } == .finished)

        let run = try await NetworkedRun(scenario, settings: Storm.settings)
        let start = ContinuousClock.now
        let (outcome, damage) = try await Storm(seed: 1).rage(over: run)
        #expect(outcome == .finished)
        #expect(calm.digests.count == Storm.scale.rounds && run.digests == calm.digests)

        let events = try await run.events()
        report(events, damage, .now - start)
        #expect(damage.cuts > 10 && damage.stalls > 5)
        for kind in ["worker_left", "invited_again", "model_resumed", "update_sent_again", "update_resumed"] {
            #expect(events.contains { $0.kind == kind }, "\(kind)")
        }
    }

    private func report(_ events: [EventRecord], _ damage: Storm.Damage, _ duration: Duration) {
        let kinds = Dictionary(grouping: events, by: \.kind).mapValues(\.count).sorted { $0.key < $1.key }
        let text = kinds.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
        FileHandle.standardError.write(
            Data("Storm: \(damage), \(text): \(String(format: "%.1f", duration / .seconds(1))) s\n".utf8))
    }
}
