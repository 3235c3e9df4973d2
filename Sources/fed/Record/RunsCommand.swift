import ArgumentParser
import Parameters
import RunStore
import Terminal

/// `fed runs`: which runs does the record hold?
struct RunsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "runs",
        abstract: "List the runs in the record, the latest first.")

    @OptionGroup var record: RecordOptions

    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws {
        let runs = try await record.reader().runs()
        if json { return try RecordOptions.print(json: runs) }
        let output = TerminalOutput.standardOutput
        guard !runs.isEmpty else { return output.write("The record has no runs.\n") }
        output.write(lines: Self.table(runs).lines(width: output.size?.columns, style: output.style))
    }

    static func table(_ runs: [RunSummary]) -> Table {
        var table = Table([
            .number("Run", importance: 9), Table.Column("Name", importance: 8, minimumWidth: 10),
            Table.Column("Status", importance: 7), .number("Rounds", importance: 6), .number("Accuracy", importance: 6),
            .number("Best", importance: 3), .number("Clients", importance: 2), Table.Column("Model", importance: 2),
            Table.Column("Strategy", importance: 1), .number("Time", importance: 5), .number("Sent"),
            .number("Received"), Table.Column("Started (UTC)", importance: 4), Table.Column("Digest", importance: 1),
        ])
        for summary in runs {
            let details = summary.run.details
            table.append([
                Table.Cell(String(summary.run.identity.number), .bold), Table.Cell(details.name),
                summary.run.status.cell,
                Table.Cell("\(summary.roundsCommitted)/\(details.roundsPlanned)"),
                Table.Cell(summary.testAccuracy.map { NumberFormat.percent($0) } ?? "-"),
                Table.Cell(summary.bestTestAccuracy.map { NumberFormat.percent($0) } ?? "-"),
                Table.Cell("\(details.cohort)/\(details.clients)"), Table.Cell(details.model),
                Table.Cell(details.strategy),
                Table.Cell(summary.seconds.map { NumberFormat.duration(seconds: $0) } ?? "-"),
                Table.Cell(NumberFormat.bytes(summary.bytesSent)),
                Table.Cell(NumberFormat.bytes(summary.bytesReceived)),
                Table.Cell(summary.run.startedAt.minuteText), Table.Cell(summary.modelDigest.short, .dim),
            ])
        }
        return table
    }
}
