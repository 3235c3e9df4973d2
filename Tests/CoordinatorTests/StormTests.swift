import Client
import Coordinator
import Federation
import Foundation
import RunStore
import Runs
import TestSupport
import Testing
import Wire
import Workers

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

    @Test(
        "In a storm that not everybody comes through in time, the record explains who is missing",
        .timeLimit(.minutes(5)))
    func absences() async throws {
        let deadline = Storm.isLong ? "400ms" : "250ms"
        let run = try await NetworkedRun(
            Storm.scenario(
                "minimum_updates: 1\n"
                    + "network: {join_deadline: 60s, round_deadline: \(deadline), absence_deadline: 80ms}"),
            settings: Storm.settings)
        let start = ContinuousClock.now
        let (outcome, damage) = try await Storm(seed: 2).rage(over: run)
        let events = try await run.events()
        report(events, damage, .now - start)

        let departures = Set(events.filter { $0.kind == "worker_left" }.map(\.text))
        var missing: [String: Int] = [:]
        for round in (0..<run.digests.count).map({ $0 + 1 }) {
            let clients = try await run.record(round: round)
            #expect(Set(clients.map(\.client)).count == Storm.scale.cohort)
            for client in clients where client.status == .failed {
                let reason = try #require(client.reason)
                let detail = try #require(client.detail)
                missing[reason, default: 0] += 1
                switch reason {
                case "disconnected":
                    let isKnown = departures.contains(detail.replacing(" left: ", with: ": ", maxReplacements: 1))
                    #expect(isKnown, "\(detail)")
                case "deadline": #expect(detail.hasPrefix("no update of attempt"))
                default: Issue.record("\(client.client) of round \(round): \(reason): \(detail)")
                }
            }
        }
        FileHandle.standardError.write(Data("Storm: \(outcome), missing \(missing)\n".utf8))
        switch outcome {
        case .finished:
            #expect(run.digests.count == Storm.scale.rounds)
            #expect(missing["disconnected", default: 0] > 0 && missing["deadline", default: 0] > 0)
        case .tooFewUpdates(let closure, _):
            #expect(run.digests.count == Int(closure.round) - 1)
            #expect(events.count { $0.kind == "abandoned" } == Storm.scale.cohort)
        default: Issue.record("\(outcome)")
        }
    }

    private func report(_ events: [EventRecord], _ damage: Storm.Damage, _ duration: Duration) {
        let kinds = Dictionary(grouping: events, by: \.kind).mapValues(\.count).sorted { $0.key < $1.key }
        let text = kinds.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
        FileHandle.standardError.write(
            Data("Storm: \(damage), \(text): \(String(format: "%.1f", duration / .seconds(1))) s\n".utf8))
    }
}
