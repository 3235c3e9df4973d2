import ArgumentParser
import Diagnostics
import Scenarios
import Synchronization
import Terminal

/// `fed sweep`: the product of scenarios, settings and seeds.
struct SweepCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sweep",
        abstract: "Run scenarios with several values of their keys and several seeds, and compare them.",
        discussion: """
            The runs go on in this process, several at once as the cores allow: their models are those of fed run. Runs \
            that the record has already, of the same scenario on the same data, are not repeated: an interrupted sweep \
            goes on where it stopped. Ends with a table; rounds to a scenario's target are counted as in McMahan \
            et al. 2017, on the running maximum and interpolated.

            Example: fed sweep scenarios/quickstart.yaml --set train.learning_rate=0.03,0.1 --seeds 1..3
            """)

    @Argument(help: "The scenarios, YAML files.")
    var scenarios: [String]

    @Option(
        name: .customLong("set"),
        help: ArgumentHelp("A key and its values; may be repeated: all combinations are run.", valueName: "key=value,…")
    )
    var settings: [Setting] = []

    @Option(help: ArgumentHelp("Seeds, as 1..5 or 1,4,7; the scenarios' own unless given.", valueName: "seeds"))
    var seeds: Seeds?

    @OptionGroup var options: SweepOptions

    @Option(
        help: ArgumentHelp("Print a grid with a column for each value of this key that --set names.", valueName: "key"))
    var across: String?

    @Option(help: "What stands in the grid: the last round's accuracy, the best round's, or the rounds to the target.")
    var measure = SweepMeasure.last

    @Flag(help: "Print the result as JSON.")
    var json = false

    func validate() throws {
        let keys = settings.map(\.key)
        guard Set(keys).count == keys.count else { throw ValidationError("--set names a key twice.") }
        if let across, !keys.contains(across) {
            throw ValidationError("--across names \(across), which no --set gives values for.")
        }
        if across != nil, json { throw ValidationError("--across is for people; choose it or --json.") }
    }

    func run() async throws {
        let cells = try SweepCell.product(
            files: scenarios, settings: settings.map { ($0.key, $0.values) }, seeds: seeds?.values ?? [])
        let sweep = try await Sweep(cells: cells, options: options)
        let failures = Mutex<Int?>(nil)
        try await InterruptibleWork.run {
            do {
                let count = try await sweep.run()
                failures.withLock { $0 = count }
            } catch is CancellationError {}
        }
        let report = try await sweep.report()
        if json {
            try RecordOptions.print(json: report.rows)
        } else {
            let output = TerminalOutput.standardOutput
            let table = across.map { report.grid(across: $0, measure) } ?? report.table
            output.write(lines: table.lines(width: output.size?.columns, style: output.style))
        }
        guard let failed = failures.withLock({ $0 }) else { throw ExitCode(130) }
        if failed > 0 { throw ExitCode(Problem.Kind.software.rawValue) }
    }

    /// `key=value,value`; commas within brackets or quotes belong to a value.
    struct Setting: ExpressibleByArgument, Sendable {
        let key: String
        let values: [String]

        init?(argument: String) {
            guard let sign = argument.firstIndex(of: "="), sign != argument.startIndex else { return nil }
            key = String(argument[..<sign])
            var values = [""]
            var depth = 0
            var quote: Character?
            for character in argument[argument.index(after: sign)...] {
                if let open = quote {
                    if character == open { quote = nil }
                } else if "\"'".contains(character) {
                    quote = character
                } else if "[{".contains(character) {
                    depth += 1
                } else if "]}".contains(character) {
                    depth -= 1
                } else if character == ",", depth == 0 {
                    values.append("")
                    continue
                }
                values[values.count - 1].append(character)
            }
            guard values.allSatisfy({ !$0.isEmpty }) else { return nil }
            self.values = values
        }
    }

    /// `1..5`, or numbers with commas between them.
    struct Seeds: ExpressibleByArgument, Sendable {
        let values: [UInt64]

        init?(argument: String) {
            if let dots = argument.firstRange(of: "..") {
                guard let first = UInt64(argument[..<dots.lowerBound]), let last = UInt64(argument[dots.upperBound...]),
                    first <= last, last - first < 10_000
                else { return nil }
                values = Array(first...last)
                return
            }
            let parts = argument.split(separator: ",", omittingEmptySubsequences: false)
            let numbers = parts.compactMap { UInt64($0) }
            guard numbers.count == parts.count, Set(numbers).count == numbers.count else { return nil }
            values = numbers
        }
    }
}
