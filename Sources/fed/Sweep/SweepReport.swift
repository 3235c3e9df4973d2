import Foundation
import Scenarios
import Terminal

/// What a sweep comes to: a row for each scenario with its settings, over all its seeds.
struct SweepReport {
    /// One run of a row.
    struct Run: Encodable {
        let seed: UInt64
        /// Its number in the record.
        let run: Int64
        let rounds: Int
        /// After how many rounds the target was reached; `nil` if it was not, or there is none.
        let roundsToTarget: Double?
        let bestAccuracy: Double?
        /// Of the last round's model.
        let lastAccuracy: Double?
        let seconds: Double?
        let modelDigest: String
    }

    struct Row: Encodable {
        let scenario: String
        let settings: [String: String]
        /// The accuracy that the scenario is after.
        let target: Double?
        let publishedRounds: Int?
        let runs: [Run]

        /// Of the runs that reached the target.
        var reached: [Double] { runs.compactMap(\.roundsToTarget) }
    }

    let rows: [Row]

    var table: Table {
        var table = Table([
            Table.Column("Scenario", importance: 9), Table.Column("Settings", importance: 8),
            .number("Seeds", importance: 3), .number("Target", importance: 5), .number("Rounds to it", importance: 7),
            .number("Published", importance: 6), .number("Ratio", importance: 4), .number("Best", importance: 4),
            .number("Last", importance: 4), .number("Time", importance: 2),
        ])
        for row in rows {
            let settings = row.settings.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
            let ratio = row.publishedRounds.flatMap { published in
                Self.mean(row.reached).map { NumberFormat.fixed($0 / Double(published), 2) }
            }
            table.append([
                Table.Cell(row.scenario), Table.Cell(settings.joined(separator: " ")), Table.Cell("\(row.runs.count)"),
                Table.Cell(row.target.map { NumberFormat.percent($0, places: 0) } ?? "-"),
                Table.Cell(roundsToTarget(row)), Table.Cell(row.publishedRounds.map { "\($0)" } ?? "-"),
                Table.Cell(ratio ?? "-"),
                Table.Cell(Self.text(row, .best)), Table.Cell(Self.text(row, .last)),
                Table.Cell(
                    Self.mean(row.runs.compactMap(\.seconds)).map { NumberFormat.duration(seconds: $0) } ?? "-"),
            ])
        }
        return table
    }

    /// The same as a grid: a column for each value of a setting, a row for all else.
    ///
    /// - Parameters:
    ///   - key: of the setting.
    ///   - measure: what stands in a cell.
    func grid(across key: String, _ measure: SweepMeasure) -> Table {
        let titles = titles
        func name(of row: Row) -> String {
            let settings = row.settings.filter { $0.key != key }.sorted { $0.key < $1.key }
            return ([row.scenario] + settings.map { "\($0.key)=\(titles[$0.key]?[$0.value] ?? $0.value)" })
                .joined(separator: " ")
        }
        var values: [String] = []
        var names: [String] = []
        for row in rows {
            let value = row.settings[key] ?? ""
            if !values.contains(value) { values.append(value) }
            let name = name(of: row)
            if !names.contains(name) { names.append(name) }
        }
        var table = Table(
            [Table.Column("Scenario", importance: 9)] + values.map { .number(titles[key]?[$0] ?? $0, importance: 8) })
        for line in names {
            table.append(
                [Table.Cell(line)]
                    + values.map { value in
                        let row = rows.first {
                            $0.settings[key] ?? "" == value && name(of: $0) == line
                        }
                        guard let row else { return Table.Cell("-") }
                        return Table.Cell(measure == .rounds ? roundsToTarget(row) : Self.text(row, measure))
                    })
        }
        return table
    }

    /// What each value of each setting is called: in short, unless two would be called the same.
    private var titles: [String: [String: String]] {
        var values: [String: Set<String>] = [:]
        for row in rows {
            for (key, value) in row.settings { values[key, default: []].insert(value) }
        }
        return values.mapValues { values in
            let alike = Dictionary(grouping: values, by: Self.title)
            return Dictionary(
                uniqueKeysWithValues: values.map { value in
                    let title = Self.title(of: value)
                    return (value, alike[title]?.count == 1 ? title : value)
                })
        }
    }

    /// A value; of a section the name or the rule that it is called by: `krum` for `{name: krum, f: 20}`.
    static func title(of value: String) -> String {
        guard let match = value.firstMatch(of: #/(?:name|kind|rule): *(?<word>[a-z0-9-]+)/#) else { return value }
        return String(match.word)
    }

    /// An accuracy over the seeds.
    private static func text(_ row: Row, _ measure: SweepMeasure) -> String {
        let values = row.runs.compactMap { measure == .best ? $0.bestAccuracy : $0.lastAccuracy }
        return values.isEmpty ? "-" : spread(values.map { $0 * 100 }, places: 2) + " %"
    }

    private func roundsToTarget(_ row: Row) -> String {
        guard row.target != nil, !row.runs.isEmpty else { return "-" }
        let missed = row.runs.filter { $0.roundsToTarget == nil }
        let most = missed.map(\.rounds).max() ?? 0
        if row.reached.isEmpty { return "> \(most)" }
        let text = Self.spread(row.reached, places: 1)
        return missed.isEmpty ? text : "\(text), \(missed.count) > \(most)"
    }

    static func mean(_ values: [Double]) -> Double? {
        values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
    }

    /// The mean, with the sample's standard deviation where there are two or more.
    static func spread(_ values: [Double], places: Int) -> String {
        guard let mean = mean(values) else { return "-" }
        guard values.count > 1 else { return NumberFormat.fixed(mean, places) }
        let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        let deviation = (squares / Double(values.count - 1)).squareRoot()
        return "\(NumberFormat.fixed(mean, places)) ± \(NumberFormat.fixed(deviation, places))"
    }
}
