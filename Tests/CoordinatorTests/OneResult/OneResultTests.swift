import Foundation
import Synchronization
import Testing

/// One scenario has one result: whatever carries the messages, however many threads or workers train, however clients
/// are hosted, and in whatever order, how often and after how many attempts their updates come, the model after each round
/// is that of a run in one process on one thread.
///
/// A sample is looked at every time. `FED_ONE_RESULT=all Tests/run --filter OneResultTests` looks at all combinations for
/// all scenarios, which takes some minutes; a number instead of `all` is the seed of another sample.
@Suite(.serialized)
struct OneResultTests {
    /// How many cases are done, for whoever waits for all of them.
    private static let done = Mutex(0)

    @Test("One scenario has one result", .timeLimit(.minutes(5)), arguments: OneResultSelection.current.cases)
    func oneResult(_ test: OneResultCase) async throws {
        let start = ContinuousClock.now
        let context = try await ShortScenario.context(of: test)
        let reference = try await References.shared.result(of: test.file, context)
        #expect(reference.digests.count == ShortScenario.rounds)
        #expect(Set(reference.digests).count == ShortScenario.rounds)
        #expect(reference.isComplete)
        let result =
            switch test.carrier {
            case .inProcess: try await RunResult.inProcess(context, threads: test.count)
            case .tcp(let hosting, let arrival):
                try await RunResult.tcp(context, test, hosting, arrival, cohorts: reference.cohorts)
            }
        #expect(result.digests == reference.digests)
        #expect(result.isComplete && result.cohorts == reference.cohorts)
        report(test, .now - start)
    }

    @Test("The usual sample has every value of every axis, and every scenario that is in no table")
    func sample() {
        let sample = OneResultSelection.sample(of: OneResultCase.all, seed: OneResultSelection.usualSeed)
        #expect(Set(sample).count == OneResultSelection.sampleSize)
        for axis in ["count", "transport", "hosting", "arrival"] {
            let all = Set(OneResultCase.all.compactMap { $0.values[axis] })
            #expect(Set(sample.compactMap { $0.values[axis] }) == all)
        }
        let own = OneResultCase.files.filter { $0.split(separator: "/").count == 2 }
        #expect(!own.isEmpty && Set(own).isSubset(of: sample.map(\.file)))
        #expect(OneResultSelection.sample(of: OneResultCase.all, seed: OneResultSelection.usualSeed) == sample)
    }

    private func report(_ test: OneResultCase, _ duration: Duration) {
        let selection = OneResultSelection.current
        let count = Self.done.withLock { done in
            done += 1
            return done
        }
        let seconds = String(format: "%.2f", duration / .seconds(1))
        let beginning = count == 1 ? "One result: \(selection.description)\n" : ""
        FileHandle.standardError.write(
            Data("\(beginning)\(count) of \(selection.cases.count): \(test.testDescription): \(seconds) s\n".utf8))
    }
}
