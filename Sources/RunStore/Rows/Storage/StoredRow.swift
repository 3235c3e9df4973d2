import Foundation
import GRDB

/// A record that has a table of its own. Its properties' names in snake case are the table's columns.
protocol StoredRecord: Codable, Sendable {
    static var tableName: String { get }
}

extension RoundRecord: StoredRecord {
    static var tableName: String { "rounds" }
}

extension ClientRoundRecord: StoredRecord {
    static var tableName: String { "client_rounds" }
}

extension AttackRecord: StoredRecord {
    static var tableName: String { "attacks" }
}

extension EventRecord: StoredRecord {
    static var tableName: String { "events" }
}

/// A record as GRDB reads and writes it. The records themselves do not conform to GRDB's protocols, so that the modules
/// that use them need not know of it.
struct StoredRow<Record: Codable> {
    let record: Record
    /// The columns that lead to the row's run and round, where the record itself does not have them.
    var runID: Int64?
    var round: Int?

    private enum CodingKeys: String, CodingKey {
        case runId, round
    }
}

extension StoredRow: FetchableRecord, Decodable {
    static var databaseColumnDecodingStrategy: DatabaseColumnDecodingStrategy { .convertFromSnakeCase }

    static func databaseDateDecodingStrategy(for column: String) -> DatabaseDateDecodingStrategy {
        .custom { value in String.fromDatabaseValue(value).flatMap(RecordTime.date) }
    }

    init(from decoder: any Decoder) throws {
        record = try Record(from: decoder)
    }
}

extension StoredRow: TableRecord, EncodableRecord, MutablePersistableRecord, PersistableRecord, Encodable
where Record: StoredRecord {
    static var databaseTableName: String { Record.tableName }

    // GRDB's own strategy converts each name in each row again, which costs more than writing it.
    static var databaseColumnEncodingStrategy: DatabaseColumnEncodingStrategy {
        .custom { ColumnNames.name(of: $0.stringValue) }
    }

    static func databaseDateEncodingStrategy(for column: String) -> DatabaseDateEncodingStrategy {
        .custom(RecordTime.text)
    }

    func encode(to encoder: any Encoder) throws {
        try record.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encodeIfPresent(runID, forKey: .runId)
        // GRDB writes NULL for nil, and the record may have a round of its own.
        if let round { try container.encode(round, forKey: .round) }
    }
}
