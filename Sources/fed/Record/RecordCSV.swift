import Foundation
import Learning
import RunStore
import Simulation

/// Rows of the record as CSV (RFC 4180, with line feeds), under the names of their columns. What is NULL is empty.
enum RecordCSV {
    typealias Column<Record> = (name: String, value: @Sendable (Record) -> (any CustomStringConvertible)?)

    static func text<Record>(_ records: [Record], _ columns: [Column<Record>]) -> String {
        let rows =
            [columns.map(\.name)]
            + records.map { record in columns.map { $0.value(record).map { field($0.description) } ?? "" } }
        return rows.map { $0.joined(separator: ",") + "\n" }.joined()
    }

    private static func field(_ text: String) -> String {
        // Swift takes "\r\n" for one character, so this looks at scalars.
        let isPlain = !text.unicodeScalars.contains { "\",\r\n".unicodeScalars.contains($0) }
        return isPlain ? text : "\"" + text.replacing("\"", with: "\"\"") + "\""
    }

    static let rounds: [Column<RoundRecord>] = [
        ("round", { $0.round }), ("test_accuracy", { $0.testAccuracy }), ("test_loss", { $0.testLoss }),
        ("model_digest", { $0.modelDigest }), ("clients_selected", { $0.clientsSelected }),
        ("clients_reported", { $0.clientsReported }), ("clients_failed", { $0.clientsFailed }),
        ("train_loss", { $0.trainLoss }), ("train_accuracy", { $0.trainAccuracy }), ("examples", { $0.examples }),
        ("bytes_sent", { $0.bytesSent }), ("bytes_received", { $0.bytesReceived }),
        ("select_seconds", { $0.selectSeconds }), ("collect_seconds", { $0.collectSeconds }),
        ("aggregate_seconds", { $0.aggregateSeconds }), ("evaluate_seconds", { $0.evaluateSeconds }),
        ("started_at", { RecordTime.text($0.startedAt) }), ("committed_at", { RecordTime.text($0.committedAt) }),
        ("population", { $0.population }), ("own_data_clients", { $0.ownDataClients }),
        ("state_digest", { $0.stateDigest }), ("validation_accuracy", { $0.validationAccuracy }),
        ("validation_loss", { $0.validationLoss }),
        (
            "test_classes",
            { $0.testClasses.map { "[\($0.map { "[\($0.correct),\($0.count)]" }.joined(separator: ","))]" } }
        ),
    ]

    static let clientRounds: [Column<ClientRoundRecord>] = [
        ("client", { $0.client }), ("attempt", { $0.attempt }),
        ("staleness", { $0.staleness }), ("status", { $0.status.rawValue }),
        ("reason", { $0.reason }), ("detail", { $0.detail }), ("worker", { $0.worker }), ("examples", { $0.examples }),
        ("loss", { $0.loss }), ("accuracy", { $0.accuracy }), ("steps", { $0.steps }),
        ("bytes_received", { $0.bytesReceived }), ("train_seconds", { $0.trainSeconds }),
        ("transfer_seconds", { $0.transferSeconds }), ("seconds", { $0.seconds }),
        ("update_digest", { $0.updateDigest }),
        ("state_round", { $0.stateRound }),
        ("behaviours", { $0.behaviours }), ("held_out_examples", { $0.heldOutExamples }),
        ("global_correct", { $0.globalCorrect }), ("global_loss", { $0.globalLoss }),
        ("personal_correct", { $0.personalCorrect }), ("personal_loss", { $0.personalLoss }),
        ("scalars", { $0.scalars.map { "[\($0.map(\.description).joined(separator: ","))]" } }),
    ]

    static let participation: [Column<ClientParticipation>] = [
        ("client", { $0.client }), ("asked", { $0.asked }), ("counted", { $0.counted }), ("examples", { $0.examples }),
        ("train_seconds", { $0.trainSeconds }), ("failures", { failures($0.failures) }),
        ("update_share", { $0.updateShare }), ("example_share", { $0.exampleShare }), ("device", { $0.device }),
        ("global_accuracy", { $0.globalAccuracy }), ("personal_accuracy", { $0.personalAccuracy }),
    ]

    static let devices: [Column<DeviceFairness>] = [
        ("device", { $0.device }), ("settings", { $0.settings }), ("clients", { $0.clients }), ("asked", { $0.asked }),
        ("counted", { $0.counted }), ("examples", { $0.examples }), ("failures", { failures($0.failures) }),
        ("client_share", { $0.clientShare }), ("update_share", { $0.updateShare }),
        ("example_share", { $0.exampleShare }), ("global_accuracy", { $0.globalAccuracy }),
        ("personal_accuracy", { $0.personalAccuracy }),
    ]

    static let classes: [Column<ClassFairness>] = [
        ("label", { $0.label }), ("dealt", { $0.dealt }), ("counted", { $0.counted }), ("examples", { $0.examples }),
        ("expected", { $0.expected }), ("participation", { $0.participation }), ("accuracy", { $0.accuracy }),
    ]

    /// For example `deadline 3; disconnected 1`.
    private static func failures(_ counts: [String: Int]) -> String {
        counts.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: "; ")
    }

    static let events: [Column<EventRecord>] = [
        ("at", { RecordTime.text($0.at) }), ("round", { $0.round }), ("client", { $0.client }), ("peer", { $0.peer }),
        ("kind", { $0.kind }), ("text", { $0.text }),
    ]
}
