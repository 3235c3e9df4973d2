import Federation
import Identity
import RunStore
import Simulation
import Terminal

/// What `fed show --fairness` says: who is asked, who is heard, and what the model knows of what.
struct FairnessReport: Encodable {
    let participation: Participation
    /// Absent where the scenario has no devices.
    let devices: [DeviceFairness]?
    /// Absent where the run's data cannot be had.
    let classes: [ClassFairness]?
    /// What clients found on the examples that they hold out, each in its latest round; absent if they evaluate nothing.
    let heldOut: HeldOutAccuracy?

    /// - Parameters:
    ///   - listed: how many clients.
    ///   - width: the terminal's; `nil` where there is none and lines may have any length.
    func lines(listed: Listed, width: Int?, style: TerminalStyle) -> [String] {
        let clients = participation.clients
        let asked = clients.reduce(0) { $0 + $1.asked }
        let counted = clients.reduce(0) { $0 + $1.counted }
        var lines = [
            "\(NumberFormat.count(clients.count, "client")), asked \(NumberFormat.count(asked)) times; "
                + "\(NumberFormat.count(counted, "update")) count.", "",
        ]
        lines += evenness.lines(width: width, style: style)
        if let found = heldOut?.global ?? heldOut?.personal, found.clients < clients.count {
            let note =
                "accuracies are of \(NumberFormat.count(found.clients)) of \(NumberFormat.count(clients.count, "client")): "
                + "those that were heard evaluate models"
            lines.append(style.text(note, .dim))
        }
        if participation.missingRows > 0 {
            lines.append(
                style.text(
                    "\(NumberFormat.count(participation.missingRows, "row")) of clients that reported: no longer in the "
                        + "record (keep_client_rounds), and not counted here", .dim))
        }
        lines.append("")
        lines += names(of: clients.filter { $0.asked == 0 }, "never asked")
        lines += names(of: clients.filter { $0.asked > 0 && $0.counted == 0 }, "asked, and never heard")
        // Those of whom least is heard first.
        let sorted = clients.filter { $0.asked > 0 }.sorted {
            ($0.counted * $1.asked, $0.counted, $0.client) < ($1.counted * $0.asked, $1.counted, $1.client)
        }
        lines += table(sorted.prefix(listed.limit ?? .max)).lines(width: width, style: style)
        if let limit = listed.limit, limit < sorted.count {
            let note =
                "\(limit) of \(NumberFormat.count(sorted.count, "client")), those that are heard least; --last all lists all"
            lines.append(style.text(note, .dim))
        }
        if let devices { lines += [""] + table(devices).lines(width: width, style: style) }
        if let classes { lines += [""] + table(classes).lines(width: width, style: style) }
        return lines
    }

    private func names(of clients: [ClientParticipation], _ what: String) -> [String] {
        guard !clients.isEmpty else { return [] }
        return [
            "\(what): \(NumberFormat.count(clients.count, "client")) (\(ClientSet(clients.map(\.client)).description))"
        ]
    }

    private var evenness: Table {
        var table = Table([
            Table.Column("A client has", importance: 9), .number("Mean", importance: 8),
            .number("Worst tenth", importance: 7), .number("Spread", importance: 5),
            .number("Jain's index", importance: 6),
        ])
        let percent = { (value: Double) in NumberFormat.percent(value) }
        for (name, found, text) in [
            ("updates that count", participation.updates, Self.number),
            ("examples in them", participation.examples, Self.number),
            ("accuracy of the model", heldOut?.global, percent), ("accuracy of its own", heldOut?.personal, percent),
        ] {
            guard let found else { continue }
            table.append([
                Table.Cell(name), Table.Cell(text(found.mean)), Table.Cell(text(found.worstTenth)),
                Table.Cell(text(found.spread)), Table.Cell(found.jain.map { NumberFormat.fixed($0, 3) } ?? "-"),
            ])
        }
        return table
    }

    private static func number(_ value: Double) -> String {
        value < 1_000 ? NumberFormat.fixed(value, 1) : NumberFormat.count(Int(value.rounded()))
    }

    private func table(_ clients: ArraySlice<ClientParticipation>) -> Table {
        let hasGlobal = clients.contains { $0.globalAccuracy != nil }
        let hasPersonal = clients.contains { $0.personalAccuracy != nil }
        var table = Table(
            [
                .number("Client", importance: 9), .number("Asked", importance: 8), .number("Heard", importance: 8),
                .number("Of all updates", importance: 4), .number("Of all examples", importance: 3),
                .number("Examples", importance: 2), .number("Train", importance: 5),
            ] + (devices == nil ? [] : [Table.Column("Device", importance: 6)])
                + (hasGlobal ? [.number("Accuracy", importance: 7)] : [])
                + (hasPersonal ? [.number("Its own", importance: 6)] : [])
                + [Table.Column("Not heard", importance: 6, minimumWidth: 12)])
        for client in clients {
            table.append(
                [
                    Table.Cell(client.client.description), Table.Cell(NumberFormat.count(client.asked)),
                    Self.heard(client.counted), .percent(client.updateShare), .percent(client.exampleShare),
                    Table.Cell(NumberFormat.count(client.examples)),
                    Table.Cell(client.trainSeconds.map { NumberFormat.duration(seconds: $0) } ?? "-"),
                ] + (devices == nil ? [] : [Table.Cell(client.device ?? "none")])
                    + (hasGlobal ? [.percent(client.globalAccuracy)] : [])
                    + (hasPersonal ? [.percent(client.personalAccuracy)] : [])
                    + [Self.notHeard(client.failures)])
        }
        return table
    }

    private func table(_ devices: [DeviceFairness]) -> Table {
        let hasGlobal = devices.contains { $0.globalAccuracy != nil }
        let hasPersonal = devices.contains { $0.personalAccuracy != nil }
        var table = Table(
            [
                Table.Column("Device", importance: 9), .number("Clients", importance: 7),
                .number("Of all clients", importance: 6), .number("Asked", importance: 8),
                .number("Heard", importance: 8), .number("Of all updates", importance: 8),
                .number("Of all examples", importance: 7),
            ] + (hasGlobal ? [.number("Accuracy", importance: 8)] : [])
                + (hasPersonal ? [.number("Their own", importance: 7)] : [])
                + [
                    Table.Column("Not heard", importance: 6, minimumWidth: 12),
                    Table.Column("What it is", importance: 5, minimumWidth: 12),
                ])
        for device in devices {
            table.append(
                [
                    Table.Cell(device.device), Table.Cell(NumberFormat.count(device.clients)),
                    .percent(device.clientShare), Table.Cell(NumberFormat.count(device.asked)),
                    Self.heard(device.counted), .percent(device.updateShare), .percent(device.exampleShare),
                ] + (hasGlobal ? [.percent(device.globalAccuracy)] : [])
                    + (hasPersonal ? [.percent(device.personalAccuracy)] : [])
                    + [Self.notHeard(device.failures), Table.Cell(device.settings)])
        }
        return table
    }

    private func table(_ classes: [ClassFairness]) -> Table {
        var table = Table([
            .number("Class", importance: 9), .number("Of all examples", importance: 7),
            .number("Of those heard", importance: 8), .number("Of an equal share", importance: 8),
            .number("Accuracy", importance: 9),
        ])
        for found in classes {
            table.append([
                Table.Cell(String(found.label)), .percent(found.dealt), .percent(found.counted),
                .percent(found.participation), .percent(found.accuracy),
            ])
        }
        return table
    }

    private static func heard(_ count: Int) -> Table.Cell {
        count == 0 ? Table.Cell("0", .red) : Table.Cell(NumberFormat.count(count))
    }

    /// For example `3 deadline, 1 disconnected`, the most frequent first.
    private static func notHeard(_ failures: [String: Int]) -> Table.Cell {
        let sorted = failures.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        return Table.Cell(sorted.map { "\($0.value) \($0.key)" }.joined(separator: ", "))
    }
}
