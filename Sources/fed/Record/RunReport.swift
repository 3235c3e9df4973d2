import Diagnostics
import Federation
import Foundation
import Learning
import Parameters
import RunStore
import Terminal

/// A run as a person reads it.
struct RunReport {
    let summary: RunSummary
    let rounds: [RoundRecord]
    let failures: [(reason: String, count: Int)]
    /// How many of each kind.
    let events: [(kind: String, count: Int)]
    let storage: RunStorage
    /// What clients did that misbehave, in each round.
    let attacks: [Int: [AttackRecord]]
    /// What clients found on the examples that they hold out, in each round.
    let heldOut: [Int: HeldOutAccuracy]
    /// The same of all clients that have taken part, each in its latest round.
    let latest: HeldOutAccuracy?
    /// Of the rounds.
    let listed: Listed

    /// - Parameter width: the terminal's; `nil` where there is none and lines may have any length.
    func lines(width: Int?, style: TerminalStyle) -> [String] {
        var lines = header(width: width, style: style) + [""]
        if rounds.isEmpty {
            lines.append("No round has been committed yet.")
        } else {
            lines += table(rounds.suffix(listed.limit ?? .max)).lines(width: width, style: style)
            if let note = listed.note(of: rounds.count, "round") { lines.append(style.text(note, .dim)) }
            if rounds.count > 1 { lines += [""] + chart(width: min(width ?? 80, 100), style: style) }
        }
        return lines + [""] + footer(style: style)
    }

    /// How parameters cross the network.
    private var codecs: String {
        let (up, down) = (summary.run.details.codec, summary.run.details.downloadCodec)
        return up == down ? up : "\(up) up, \(down) down"
    }

    private func header(width: Int?, style: TerminalStyle) -> [String] {
        let run = summary.run
        let details = run.details
        let status = style.text(run.status.rawValue, run.status.cell.attributes)
        let separator = style.usesUnicode ? " · " : ", "
        let time = summary.seconds.map { separator + NumberFormat.duration(seconds: $0) } ?? ""
        let isAsynchronous =
            Strategies.named(details.strategy).map { StrategyChoice($0).make().asynchrony != nil } ?? false
        let unit = isAsynchronous ? "updates a model, nobody waits" : "a round"
        let message = run.message.map { ": \($0.withoutControls)" } ?? ""
        var fields = [
            ("run", "\(run.identity.ulid)"),
            ("clients", "\(NumberFormat.count(details.clients)), \(NumberFormat.count(details.cohort)) \(unit)"),
            ("model", "\(details.model), \(NumberFormat.count(details.parameters)) parameters"),
            (
                "method",
                ([details.strategy, codecs, "seed \(details.seed)", details.transport.rawValue]
                    + (details.clock == .virtual ? ["simulated time"] : [])).joined(separator: separator)
            ),
            ("data", "\(details.dataKind) \(details.dataDigest.short)\(separator)\(details.dataSource)"),
            (
                "machine",
                [
                    "\(details.cpu), \(NumberFormat.count(details.cores)) cores", "kernels \(details.kernels)",
                    "OpenBLAS \(details.openblasCore)",
                ]
                .joined(separator: separator)
            ),
            ("program", details.programVersion),
            ("started", "\(run.startedAt.secondText) UTC\(time)"),
        ]
        if run.status == .running, let committedAt = summary.committedAt {
            fields.append(("last commit", "\(committedAt.secondText) UTC"))
        }
        if let branch = details.branch {
            let clients = branch.without.map(\.description).joined(separator: ", ")
            let without = branch.without.isEmpty ? "" : "\(separator)without \(clients)"
            fields.append(("branch of", "\(branch.parent) after round \(branch.round)\(without)"))
        }
        let indent = fields.reduce(0) { max($0, $1.0.count) }
        let title =
            "\(style.text("Run \(run.identity.number)  \(details.name.withoutControls)", .bold))  \(status)\(message)"
        return [title]
            + fields.map { name, value in
                let label = name + String(repeating: " ", count: indent - name.count)
                let line = "\(style.text(label, .dim))  \(value.withoutControls)"
                return width.map { line.cut(to: $0, style: style) } ?? line
            }
    }

    private func table(_ shown: ArraySlice<RoundRecord>) -> Table {
        var table = Table(
            [
                .number("Round", importance: 9), .number("Accuracy", importance: 8), .number("Loss", importance: 7),
                .number("Train loss", importance: 2), .number("Clients", importance: 5),
                .number("Examples", importance: 1),
                .number("Sent", importance: 3), .number("Received", importance: 3), .number("Collect"),
                .number("Evaluate"), .number("Time", importance: 4), Table.Column("Model"),
            ] + heldOutColumns.map { .number($0.name, importance: 6) }
                + (attacks.isEmpty ? [] : [Table.Column("Attacks", importance: 6, minimumWidth: 12)]))
        let best = rounds.map(\.testAccuracy).max()
        for round in shown {
            let clients = "\(round.clientsReported)/\(round.clientsSelected)"
            table.append(
                [
                    Table.Cell(String(round.round)),
                    round.testAccuracy == best
                        ? Table.Cell(NumberFormat.percent(round.testAccuracy), .bold, .green)
                        : Table.Cell(NumberFormat.percent(round.testAccuracy)),
                    Table.Cell(round.testLoss.map { NumberFormat.fixed($0, 4) } ?? "-"),
                    Table.Cell(round.trainLoss.map { NumberFormat.fixed($0, 4) } ?? "-"),
                    round.clientsFailed > 0 ? Table.Cell(clients, .yellow) : Table.Cell(clients),
                    Table.Cell(NumberFormat.count(round.examples)), Table.Cell(NumberFormat.bytes(round.bytesSent)),
                    Table.Cell(NumberFormat.bytes(round.bytesReceived)),
                    Table.Cell(NumberFormat.duration(seconds: round.collectSeconds)),
                    Table.Cell(NumberFormat.duration(seconds: round.evaluateSeconds)),
                    Table.Cell(NumberFormat.duration(seconds: round.committedAt.timeIntervalSince(round.startedAt))),
                    Table.Cell(round.modelDigest.short, .dim),
                ]
                    + heldOutColumns.map { column in
                        let found = heldOut[round.round]?[keyPath: column.value]
                        return Table.Cell(found.map { NumberFormat.percent($0.mean) } ?? "-")
                    } + (attacks.isEmpty ? [] : [Table.Cell(Self.text(of: attacks[round.round] ?? []))]))
        }
        return table
    }

    /// The models that clients evaluate.
    private var heldOutColumns: [(name: String, value: KeyPath<HeldOutAccuracy, ClientSpread?>)] {
        let all: [(name: String, value: KeyPath<HeldOutAccuracy, ClientSpread?>)] = [
            ("At clients", \.global), ("Their own", \.personal),
        ]
        return all.filter { column in heldOut.values.contains { $0[keyPath: column.value] != nil } }
    }

    /// How good models are for the clients.
    private var heldOutLines: [String] {
        guard let latest else { return [] }
        let models = [("the global model", latest.global), ("their own models", latest.personal)]
        return models.compactMap { name, spread in
            spread.map {
                "on held-out examples of \(NumberFormat.count($0.clients, "client")), \(name): mean "
                    + "\(NumberFormat.percent($0.mean)), worst tenth \(NumberFormat.percent($0.worstTenth)), spread "
                    + NumberFormat.percent($0.spread)
            }
        }
    }

    /// Which classes the latest model knows worst and best.
    private var classLines: [String] {
        // The test set says nothing of a model whose layers are the clients' own.
        if let latest, latest.global == nil { return [] }
        let classes = (rounds.last?.testClasses ?? []).enumerated().compactMap { label, found in
            found.accuracy.map { (label: label, accuracy: $0) }
        }
        guard let worst = classes.min(by: { $0.accuracy < $1.accuracy }),
            let best = classes.reversed().max(by: { $0.accuracy < $1.accuracy }), worst.accuracy < best.accuracy
        else { return [] }
        return [
            "of the classes \(worst.label) is known worst, \(NumberFormat.percent(worst.accuracy)), and \(best.label) best, "
                + "\(NumberFormat.percent(best.accuracy))  (--fairness shows all)"
        ]
    }

    /// For example `2 backdoor 97.10 %, 20 gaussian`.
    static func text(of attacks: [AttackRecord]) -> String {
        attacks.filter { $0.clients > 0 || $0.success != nil }.map { attack in
            "\(NumberFormat.count(attack.clients)) \(attack.kind.withoutControls)"
                + (attack.success.map { " \(NumberFormat.percent($0))" } ?? "")
        }.joined(separator: ", ")
    }

    static func table(_ clients: [ClientRoundRecord]) -> Table {
        let misbehave = clients.contains { $0.behaviours != nil }
        let hasGlobal = clients.contains { $0.globalCorrect != nil }
        let hasPersonal = clients.contains { $0.personalCorrect != nil }
        let evaluate = clients.contains { $0.heldOutExamples != nil }
        let isStale = clients.contains { $0.staleness > 0 }
        var table = Table(
            [
                .number("Client", importance: 9), Table.Column("Status", importance: 8), .number("Loss", importance: 7),
                .number("Accuracy", importance: 6), .number("Examples", importance: 5), .number("Steps", importance: 1),
                .number("Train", importance: 4), .number("Transfer", importance: 2), .number("Received", importance: 3),
                .number("Attempt"), Table.Column("Worker", importance: 2, minimumWidth: 8),
                Table.Column("Detail", importance: 6, minimumWidth: 12), Table.Column("Update"),
            ] + (isStale ? [.number("Behind", importance: 7)] : [])
                + (evaluate ? [.number("Held out", importance: 5)] : [])
                + (hasGlobal ? [.number("Global", importance: 7)] : [])
                + (hasPersonal ? [.number("Own", importance: 7)] : [])
                + (misbehave ? [Table.Column("Behaviour", importance: 7, minimumWidth: 10)] : []))
        for client in clients {
            table.append(
                [
                    Table.Cell(client.client.description),
                    client.status == .reported
                        ? Table.Cell("reported", .green) : Table.Cell(client.reason ?? "failed", .red),
                    Table.Cell(client.loss.map { NumberFormat.fixed($0, 4) } ?? "-"),
                    Table.Cell(client.accuracy.map { NumberFormat.percent($0) } ?? "-"),
                    Table.Cell(client.examples.map { NumberFormat.count($0) } ?? "-"),
                    Table.Cell(client.steps.map { NumberFormat.count($0) } ?? "-"),
                    Table.Cell(client.trainSeconds.map { NumberFormat.duration(seconds: $0) } ?? "-"),
                    Table.Cell(client.transferSeconds.map { NumberFormat.duration(seconds: $0) } ?? "-"),
                    Table.Cell(NumberFormat.bytes(client.bytesReceived)), Table.Cell(String(client.attempt)),
                    Table.Cell(client.worker ?? "-"), Table.Cell(client.detail ?? ""),
                    Table.Cell(client.updateDigest?.short ?? "", .dim),
                ] + (isStale ? [Table.Cell(String(client.staleness))] : [])
                    + (evaluate ? [Table.Cell(client.heldOutExamples.map { NumberFormat.count($0) } ?? "-")] : [])
                    + (hasGlobal ? [.percent(client.heldOut?.globalAccuracy)] : [])
                    + (hasPersonal ? [.percent(client.heldOut?.personalAccuracy)] : [])
                    + (misbehave ? [Table.Cell(client.behaviours?.withoutControls ?? "", .red)] : []))
        }
        return table
    }

    static func table(_ events: [EventRecord]) -> Table {
        var table = Table([
            Table.Column("Time (UTC)", importance: 5), .number("Round", importance: 4),
            .number("Client", importance: 3),
            Table.Column("Peer", importance: 1, minimumWidth: 9), Table.Column("Kind", importance: 6),
            Table.Column("Text", importance: 7, minimumWidth: 16),
        ])
        for event in events {
            table.append([
                Table.Cell(event.at.secondText), Table.Cell(event.round.map { "\($0)" } ?? ""),
                Table.Cell(event.client?.description ?? ""), Table.Cell(event.peer ?? ""),
                Table.Cell(event.kind, .bold), Table.Cell(event.text),
            ])
        }
        return table
    }

    private func chart(width: Int, style: TerminalStyle) -> [String] {
        LineChart(
            [LineChart.Series("test accuracy", rounds.map { (Double($0.round), $0.testAccuracy) })], xName: "round",
            yName: "Test accuracy", yLimits: 0...1, isPercent: true
        ).lines(width: width, height: 16, style: style)
    }

    private func footer(style: TerminalStyle) -> [String] {
        var lines: [String] = []
        if let last = summary.testAccuracy, let best = rounds.max(by: { $0.testAccuracy < $1.testAccuracy }) {
            lines.append(
                "accuracy \(style.text(NumberFormat.percent(last), .bold)) in round \(rounds.last?.round ?? 0) of "
                    + "\(summary.run.details.roundsPlanned), best \(NumberFormat.percent(best.testAccuracy)) in round \(best.round)"
            )
        }
        if let best = rounds.reversed().max(by: { $0.score < $1.score }), let accuracy = best.validationAccuracy {
            lines.append(
                "on the training examples that no client has: best \(NumberFormat.percent(accuracy)) in round \(best.round), "
                    + "whose model is kept")
        }
        lines += heldOutLines + classLines
        if let latest, latest.global == nil {
            lines.append(
                style.text(
                    "layers of the model stay with the clients: the test accuracy is of one with these as they began",
                    .dim))
        }
        lines.append(
            "sent \(NumberFormat.bytes(summary.bytesSent)), received \(NumberFormat.bytes(summary.bytesReceived))")
        var kept =
            "kept \(NumberFormat.count(storage.models, "model")) of \(NumberFormat.count(summary.roundsCommitted + 1)), "
        kept += NumberFormat.bytes(storage.modelBytes)
        if storage.updates > 0 {
            kept += "; \(NumberFormat.count(storage.updates, "update")), \(NumberFormat.bytes(storage.updateBytes))"
        }
        lines.append(kept)
        if !failures.isEmpty {
            let list = failures.map { "\(NumberFormat.count($0.count)) \($0.reason.withoutControls)" }
            lines.append(style.text("clients failed: \(list.joined(separator: ", "))", .yellow))
        }
        if let last = rounds.last, let attacks = attacks[last.round], !attacks.isEmpty {
            lines.append(
                style.text("clients misbehave: in round \(last.round) \(Self.text(of: attacks))", .yellow))
        }
        if !events.isEmpty {
            let list = events.map { "\(NumberFormat.count($0.count)) \($0.kind.withoutControls)" }
            lines.append("events: \(list.joined(separator: ", "))  (--events shows them)")
        }
        return lines + ["model \(summary.modelDigest)"]
    }
}
