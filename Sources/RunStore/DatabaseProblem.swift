import Diagnostics
import Foundation
import GRDB

/// What SQLite and GRDB say, as something that a person can act on.
enum DatabaseProblem {
    /// Runs `body` and turns what it throws into a ``Problem`` at `path`. What is one already, and cancellation, pass.
    static func translating<Result>(_ path: String, _ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch {
            throw translate(error, path)
        }
    }

    /// Runs `body` and turns what it throws into a ``Problem`` at `path`. What is one already, and cancellation, pass.
    static func translating<Result>(
        _ path: String, _ body: () async throws -> sending Result
    ) async throws -> sending Result {
        do {
            return try await body()
        } catch {
            throw translate(error, path)
        }
    }

    private static func translate(_ error: any Error, _ path: String) -> any Error {
        switch error {
        case is Problem, is CancellationError: error
        case let error as DatabaseError: problem(error, path)
        case let refusal as Schema.Refusal: problem(refusal, path)
        case let error as DecodingError: problem(error, path)
        default: Problem(.software, "the record cannot be used: \(error)", at: path)
        }
    }

    private static func problem(_ refusal: Schema.Refusal, _ path: String) -> Problem {
        switch refusal {
        case .notOurs:
            Problem(
                .data, "this SQLite database is not a record of runs", at: path,
                remedy: "name another file with --database; this one was not changed")
        case .newer:
            Problem(
                .data, "this record was written by a later version of fed", at: path,
                remedy: "use that version, or name another file with --database")
        case .older:
            Problem(
                .data, "this record was written by an earlier version of fed and cannot be brought up to date here",
                at: path, remedy: "copy it to where it may be written")
        case .empty:
            Problem(
                .data, "this record holds no tables yet", at: path,
                remedy: "start a run with it, or name another file with --database")
        }
    }

    private static func problem(_ error: DecodingError, _ path: String) -> Problem {
        let description =
            switch error {
            case .dataCorrupted(let context), .typeMismatch(_, let context), .valueNotFound(_, let context),
                .keyNotFound(_, let context):
                context.debugDescription
            @unknown default: "\(error)"
            }
        return Problem(
            .data, "a row of the record cannot be understood: \(description)", at: path,
            remedy: "correct the row with sqlite3, or delete its run: DELETE FROM runs WHERE id = …")
    }

    private static func problem(_ error: DatabaseError, _ path: String) -> Problem {
        let said = error.message ?? "SQLite error \(error.extendedResultCode.rawValue)"
        switch error.resultCode {
        case .SQLITE_NOTADB:
            return Problem(
                .data, "not a SQLite database", at: path,
                remedy: "name another file with --database; this one was not changed")
        case .SQLITE_CORRUPT:
            return Problem(
                .data, "the database is damaged (\(said))", at: path,
                remedy: "save what can be read: sqlite3 FILE .recover | sqlite3 NEW")
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            return Problem(
                .unavailable, "the database is locked by another program", at: path,
                remedy: "end what writes to it, or name another file with --database")
        case .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_AUTH:
            return Problem(
                .unavailable, "the database cannot be written", at: path,
                remedy: "check who may write the file and its folder, or name another file with --database")
        case .SQLITE_CANTOPEN:
            return Problem(
                .noInput, "the database cannot be opened", at: path,
                remedy: "check that its folder exists and may be written, or name another file with --database")
        case .SQLITE_FULL:
            return Problem(
                .software, "no room is left for the database", at: path,
                remedy: "make room; everything that has been committed is kept")
        case .SQLITE_CONSTRAINT:
            return Problem(.software, "the record refuses a row: \(said)", at: path)
        default:
            return Problem(.software, "the database failed: \(said)", at: path)
        }
    }
}
