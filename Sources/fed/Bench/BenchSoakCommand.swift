import ArgumentParser
import Diagnostics
import Learning
import RunStore
import Terminal

/// `fed bench soak`.
struct BenchSoakCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "soak",
        abstract: "Whether a coordinator's memory, descriptors and rounds stay as they are in a long run.",
        discussion: """
            Over TCP, with a worker that stays and one that is killed and started again all the time. Each client trains \
            on one example, and the record lies in memory where the system has a folder for that. Prints a line for \
            each tenth of the rounds.
            """)

    @Option(help: "The rounds.")
    var rounds = 5000

    @Option(help: ArgumentHelp("The model.", valueName: "name"), transform: ModelOptions.named)
    var model = ModelDefinition.logistic

    @Option(help: "The clients, all of them in each round.")
    var clients = 10

    @Option(help: "A worker is killed whenever so many rounds have gone by.")
    var life = 100

    @Option(help: ArgumentHelp("The scenario's keep_client_rounds; by default all.", valueName: "rounds"))
    var keepClientRounds: Int?

    @Flag(help: "Print the result as JSON.")
    var json = false

    func validate() throws {
        guard 20...1_000_000 ~= rounds else { throw ValidationError("--rounds is from 20 to 1,000,000.") }
        guard 2...1000 ~= clients, clients % 2 == 0 else {
            throw ValidationError("--clients is even, from 2 to 1,000.")
        }
        if let keepClientRounds, keepClientRounds < 1 {
            throw ValidationError("--keep-client-rounds is at least 1.")
        }
        guard life >= 1 else { throw ValidationError("--life is at least 1.") }
    }

    /// One tenth of the rounds.
    struct Part: Encodable {
        let lastRound: Int
        /// The median.
        let roundSeconds: Double
        /// Of the coordinator, at the end of the part.
        let memoryBytes: Int
        let descriptors: Int
        let recordBytes: Int
        /// What the record has grown in the part, for each round.
        let recordBytesPerRound: Int
    }

    func run() async throws {
        let folder = try TemporaryRunFolder()
        defer { folder.remove() }
        try await folder.writeSmallRun(
            of: model, clients: clients, cohort: clients, rounds: rounds,
            more: keepClientRounds.map { "keep_client_rounds: \($0)" } ?? "")
        let watch = SoakWatch(database: folder.database, rounds: rounds, interval: rounds / 10)
        let run = SoakRun(folder: folder, watch: watch, clients: clients / 2, roundsPerLife: life)
        try await InterruptibleWork.run { try await run.run() }
        let parts = Self.parts(watch)
        guard watch.isOver, parts.count >= 10 else { throw Problem(.software, "the run did not come to its end") }
        if json { return try RecordOptions.print(json: parts) }
        let output = TerminalOutput.standardOutput
        output.write(lines: Self.table(parts).lines(width: output.size?.columns, style: output.style))
        let clock = ContinuousClock.now
        let summary = try await RunReader(path: folder.database).run(.latest)
        let answer = ContinuousClock.now - clock
        output.write(
            """

            \(NumberFormat.count(summary.roundsCommitted)) rounds, workers left \
            \(NumberFormat.count(watch.incidents)) times; the record answers for the run in \
            \(NumberFormat.duration(answer))

            """)
    }

    private static func parts(_ watch: SoakWatch) -> [Part] {
        let periods = watch.periods
        var before = (round: 0, bytes: 0)
        return watch.samples.map { sample in
            var median = Repeated()
            for seconds in periods[min(before.round, periods.count)..<min(sample.round, periods.count)] {
                median.note(seconds)
            }
            defer { before = (sample.round, sample.recordBytes) }
            return Part(
                lastRound: sample.round, roundSeconds: median.median, memoryBytes: sample.memory,
                descriptors: sample.descriptors, recordBytes: sample.recordBytes,
                recordBytesPerRound: (sample.recordBytes - before.bytes) / max(1, sample.round - before.round))
        }
    }

    private static func table(_ parts: [Part]) -> Table {
        var table = Table([
            .number("Rounds"), .number("A round"), .number("Memory"), .number("Descriptors"), .number("Record"),
            .number("Growth a round"),
        ])
        for part in parts {
            table.append([
                .init(NumberFormat.count(part.lastRound)), .init(NumberFormat.duration(seconds: part.roundSeconds)),
                .init(NumberFormat.bytes(part.memoryBytes)), .init("\(part.descriptors)"),
                .init(NumberFormat.bytes(part.recordBytes)), .init(NumberFormat.bytes(part.recordBytesPerRound)),
            ])
        }
        return table
    }
}
