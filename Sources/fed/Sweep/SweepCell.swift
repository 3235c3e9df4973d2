import Datasets
import Diagnostics
import Foundation
import Scenarios

/// One run of a sweep: a scenario with some of its keys set to other values.
struct SweepCell: Sendable {
    /// The file that it comes from.
    let file: String
    /// What distinguishes it from the file, without the seed.
    let settings: [ScenarioOverride]
    let scenario: Scenario

    /// The product of files, settings and seeds, in this order.
    ///
    /// - Parameters:
    ///   - settings: for each key its values.
    ///   - seeds: none for the scenarios' own.
    /// - Throws: a ``Problem`` for a file or a combination that is no scenario.
    static func product(
        files: [String], settings: [(key: String, values: [String])], seeds: [UInt64]
    ) throws(Problem) -> [SweepCell] {
        var combinations: [[ScenarioOverride]] = [[]]
        for setting in settings {
            combinations = combinations.flatMap { combination in
                setting.values.map { combination + [ScenarioOverride(key: setting.key, value: $0)] }
            }
        }
        var cells: [SweepCell] = []
        for file in files {
            let text = try Scenario.text(ofFile: file)
            for combination in combinations {
                for seed in seeds.isEmpty ? [nil] : seeds.map(Optional.some) {
                    let seeded = combination + (seed.map { [ScenarioOverride(key: "seed", value: "\($0)")] } ?? [])
                    cells.append(
                        SweepCell(
                            file: file, settings: combination,
                            scenario: try Scenario.parse(text, file: file, overrides: seeded)))
                }
            }
        }
        return cells
    }

    /// For people: `mcmahan-iid, train.learning_rate=0.1, seed 2`.
    var name: String {
        ([scenario.name] + settings.map { "\($0.key)=\($0.value)" } + ["seed \(scenario.seed)"])
            .joined(separator: ", ")
    }

    /// Whether both are the same but for the seed.
    func isLike(_ other: SweepCell) -> Bool {
        file == other.file && settings == other.settings
    }
}
