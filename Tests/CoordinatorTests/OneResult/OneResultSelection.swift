import Foundation
import Randomness

/// Which cases a run of the tests looks at: all, or a sample in which every value of every axis is met with every value of
/// most other axes.
struct OneResultSelection: Sendable {
    /// What the environment variable `FED_ONE_RESULT` asks for: `all`, a seed of another sample, or nothing.
    static let current = OneResultSelection(ProcessInfo.processInfo.environment["FED_ONE_RESULT"])

    static let usualSeed: UInt64 = 1
    static let sampleSize = 27
    /// From how many cases the next one of the sample is chosen.
    private static let candidates = 400

    let cases: [OneResultCase]
    /// For people.
    let description: String

    init(_ wish: String?) {
        if wish == "all" {
            cases = OneResultCase.all
            description = "all \(cases.count) cases"
        } else {
            let seed = wish.flatMap { UInt64($0) } ?? Self.usualSeed
            cases = Self.sample(of: OneResultCase.all, seed: seed)
            description = "\(cases.count) of \(OneResultCase.all.count) cases, drawn with the seed \(seed)"
        }
    }

    /// Draws candidates and takes the one that brings most that is new, again and again.
    static func sample(of all: [OneResultCase], seed: UInt64) -> [OneResultCase] {
        var stream = RandomStream(seed: seed, purpose: .selection)
        var chosen: [OneResultCase] = []
        var met: Set<String> = []
        while chosen.count < min(sampleSize, all.count) {
            let drawn = (0..<candidates).map { _ in all[stream.below(all.count)] }.filter { !chosen.contains($0) }
            let best = drawn.max { $0.novelty(beside: met) < $1.novelty(beside: met) }
            guard let best else { continue }
            chosen.append(best)
            met.formUnion(best.pairs)
            met.formUnion(best.singles)
        }
        return chosen
    }
}

extension OneResultCase {
    /// Its values but for the scenario's, of which there are too many to meet each other value.
    fileprivate var settings: [(String, String)] {
        values.filter { $0.key != "scenario" }.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    fileprivate var pairs: Set<String> {
        let settings = settings
        return Set(
            settings.indices.flatMap { first in
                settings[(first + 1)...].map { "\(settings[first]) and \($0)" }
            })
    }

    /// Its values, and the folder that the scenario lies in.
    fileprivate var singles: Set<String> {
        Set(values.map { "\($0.key) \($0.value)" })
    }

    /// How much of it has not been met; a value counts more than a pair, and a scenario that stands for itself more than
    /// one of a table.
    fileprivate func novelty(beside met: Set<String>) -> Int {
        let isOfATable = file.split(separator: "/").count > 2
        return singles.subtracting(met).count * 4 + pairs.subtracting(met).count + (isOfATable ? 0 : 2)
    }
}
