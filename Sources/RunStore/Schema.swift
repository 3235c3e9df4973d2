import Diagnostics
import GRDB

/// The tables, and how an older database gets them. `RunStore.docc/Record.md` describes them to those who query them.
enum Schema {
    /// Marks a database as this program's (SQLite's `application_id`): "FedR".
    static let applicationID: Int32 = 0x4665_6452

    /// The steps from an empty file to the tables of today. A step that has been released is never changed.
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1 runs, rounds, client rounds, models, events") { db in
            try db.execute(sql: "PRAGMA application_id = \(applicationID)")
            try db.execute(sql: tables1)
        }
        migrator.registerMigration("2 the kernels of a run") { db in
            // What there was before the choice.
            try db.execute(sql: "ALTER TABLE runs ADD COLUMN kernels TEXT NOT NULL DEFAULT 'openblas'")
        }
        migrator.registerMigration("3 updates that are kept, branches, transports") { db in
            try db.execute(sql: tables3)
        }
        migrator.registerMigration("4 the examples of all clients") { db in
            try db.execute(sql: tables4)
        }
        migrator.registerMigration("5 what servers and clients remember") { db in
            try db.execute(sql: tables5)
        }
        migrator.registerMigration("6 clients that misbehave") { db in
            try db.execute(sql: tables6)
        }
        migrator.registerMigration("7 what clients evaluate") { db in
            try db.execute(sql: tables7)
        }
        migrator.registerMigration("8 a codec for each direction") { db in
            // What there was before the choice.
            try db.execute(sql: "ALTER TABLE runs ADD COLUMN download_codec TEXT NOT NULL DEFAULT 'f32'")
        }
        migrator.registerMigration("9 what the clients of a branch begin with") { db in
            try db.execute(sql: tables9)
        }
        migrator.registerMigration("10 the clock of a run") { db in
            try db.execute(
                sql:
                    "ALTER TABLE runs ADD COLUMN clock TEXT NOT NULL DEFAULT 'real' CHECK (clock IN ('real', 'virtual'))"
            )
        }
        migrator.registerMigration("11 where a simulated run stands") { db in
            try db.execute(sql: tables11)
        }
        migrator.registerMigration("12 what the server evaluates of what it keeps back") { db in
            try db.execute(
                sql: """
                    -- NULL where all training examples are dealt.
                    ALTER TABLE rounds ADD COLUMN validation_accuracy REAL CHECK (validation_accuracy BETWEEN 0 AND 1);
                    ALTER TABLE rounds ADD COLUMN validation_loss REAL CHECK (validation_loss >= 0);
                    """)
        }
        migrator.registerMigration("13 what models know of each class") { db in
            // NULL in the rounds that there were before.
            try db.execute(
                sql: """
                    ALTER TABLE rounds ADD COLUMN test_classes TEXT
                        CHECK (test_classes IS NULL OR (json_valid(test_classes) AND json_type(test_classes) = 'array'))
                    """)
        }
        migrator.registerMigration("14 clients that do not wait for each other") { db in
            try db.execute(sql: tables14)
        }
        return migrator
    }

    /// Refuses a database that is another program's, before anything is written to it.
    static func checkOwner(_ db: Database) throws {
        let owner = try Int32.fetchOne(db, sql: "PRAGMA application_id") ?? 0
        guard owner != applicationID else { return }
        // The table of migrations is made before the first of them: a file may be left with it alone.
        let tables =
            try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_schema WHERE tbl_name <> 'grdb_migrations'") ?? 0
        guard owner == 0, tables == 0 else { throw Refusal.notOurs }
    }

    /// Refuses a database of a later version of this program.
    static func checkVersion(_ db: Database) throws {
        if try migrator.hasBeenSuperseded(db) { throw Refusal.newer }
    }

    /// Whether the tables are those of this version; not if they are of an earlier one.
    static func isCurrent(_ db: Database) throws -> Bool {
        try checkVersion(db)
        guard try !migrator.appliedIdentifiers(db).isEmpty else { throw Refusal.empty }
        return try migrator.hasCompletedMigrations(db)
    }

    /// Why a database that SQLite can read is refused.
    enum Refusal: Error {
        case notOurs, newer, older, empty
    }

    private static let digest = "length(%) = 64 AND % NOT GLOB '*[^0-9a-f]*'"
    private static let time = "% GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T*Z'"

    /// A check of `column`, where `%` in `rule` stands for it.
    private static func check(_ column: String, _ rule: String) -> String {
        "CHECK (" + rule.split(separator: "%", omittingEmptySubsequences: false).joined(separator: column) + ")"
    }

    private static var tables1: String {
        """
        CREATE TABLE runs (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            ulid TEXT NOT NULL UNIQUE CHECK (length(ulid) = 26),
            name TEXT NOT NULL,
            scenario TEXT NOT NULL,
            seed INTEGER NOT NULL,
            rounds_planned INTEGER NOT NULL CHECK (rounds_planned >= 1),
            clients INTEGER NOT NULL CHECK (clients >= 1),
            cohort INTEGER NOT NULL CHECK (cohort BETWEEN 1 AND clients),
            model TEXT NOT NULL,
            parameters INTEGER NOT NULL CHECK (parameters >= 1),
            strategy TEXT NOT NULL,
            codec TEXT NOT NULL,
            program_version TEXT NOT NULL,
            openblas_config TEXT NOT NULL,
            openblas_core TEXT NOT NULL,
            data_kind TEXT NOT NULL,
            data_source TEXT NOT NULL,
            data_digest TEXT NOT NULL \(check("data_digest", digest)),
            cpu TEXT NOT NULL,
            cores INTEGER NOT NULL CHECK (cores >= 1),
            started_at TEXT NOT NULL \(check("started_at", time)),
            finished_at TEXT \(check("finished_at", time)),
            status TEXT NOT NULL DEFAULT 'running' CHECK (status IN ('running', 'finished', 'stopped', 'failed')),
            message TEXT,
            CHECK ((status = 'running') = (finished_at IS NULL))
        ) STRICT;

        CREATE TABLE rounds (
            run_id INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
            round INTEGER NOT NULL CHECK (round >= 1),
            test_accuracy REAL NOT NULL CHECK (test_accuracy BETWEEN 0 AND 1),
            test_loss REAL,
            model_digest TEXT NOT NULL \(check("model_digest", digest)),
            clients_selected INTEGER NOT NULL CHECK (clients_selected >= 1),
            clients_reported INTEGER NOT NULL CHECK (clients_reported >= 0),
            clients_failed INTEGER NOT NULL CHECK (clients_failed >= 0),
            train_loss REAL,
            train_accuracy REAL CHECK (train_accuracy BETWEEN 0 AND 1),
            examples INTEGER NOT NULL CHECK (examples >= 0),
            bytes_sent INTEGER NOT NULL CHECK (bytes_sent >= 0),
            bytes_received INTEGER NOT NULL CHECK (bytes_received >= 0),
            select_seconds REAL NOT NULL CHECK (select_seconds >= 0),
            collect_seconds REAL NOT NULL CHECK (collect_seconds >= 0),
            aggregate_seconds REAL NOT NULL CHECK (aggregate_seconds >= 0),
            evaluate_seconds REAL NOT NULL CHECK (evaluate_seconds >= 0),
            started_at TEXT NOT NULL \(check("started_at", time)),
            committed_at TEXT NOT NULL \(check("committed_at", time)),
            PRIMARY KEY (run_id, round),
            CHECK (clients_selected = clients_reported + clients_failed)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE client_rounds (
            run_id INTEGER NOT NULL,
            round INTEGER NOT NULL,
            client INTEGER NOT NULL CHECK (client >= 0),
            attempt INTEGER NOT NULL CHECK (attempt >= 1 OR (attempt = 0 AND status = 'failed')),
            status TEXT NOT NULL CHECK (status IN ('reported', 'failed')),
            reason TEXT CHECK (reason <> ''),
            detail TEXT,
            worker TEXT,
            examples INTEGER CHECK (examples >= 0),
            loss REAL,
            accuracy REAL CHECK (accuracy BETWEEN 0 AND 1),
            steps INTEGER CHECK (steps >= 0),
            bytes_received INTEGER NOT NULL CHECK (bytes_received >= 0),
            train_seconds REAL CHECK (train_seconds >= 0),
            transfer_seconds REAL CHECK (transfer_seconds >= 0),
            update_digest TEXT \(check("update_digest", digest)),
            PRIMARY KEY (run_id, round, client),
            FOREIGN KEY (run_id, round) REFERENCES rounds (run_id, round) ON DELETE CASCADE,
            CHECK ((status = 'reported') = (reason IS NULL)),
            CHECK (status = 'failed' OR (examples IS NOT NULL AND update_digest IS NOT NULL))
        ) STRICT, WITHOUT ROWID;

        -- One client's way through a run.
        CREATE INDEX client_rounds_by_client ON client_rounds (run_id, client, round);

        CREATE TABLE models (
            run_id INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
            round INTEGER NOT NULL CHECK (round >= 0),
            digest TEXT NOT NULL \(check("digest", digest)),
            parameters BLOB CHECK (length(parameters) % 4 = 0),
            layout TEXT NOT NULL CHECK (json_valid(layout)),
            PRIMARY KEY (run_id, round)
        ) STRICT;

        CREATE TABLE events (
            id INTEGER PRIMARY KEY,
            run_id INTEGER REFERENCES runs (id) ON DELETE CASCADE,
            at TEXT NOT NULL \(check("at", time)),
            round INTEGER,
            client INTEGER,
            peer TEXT,
            kind TEXT NOT NULL CHECK (kind <> ''),
            text TEXT NOT NULL
        ) STRICT;

        CREATE INDEX events_by_run ON events (run_id, id);
        """
    }

    private static var tables3: String {
        """
        -- Before there was another way, all runs crossed a network.
        ALTER TABLE runs ADD COLUMN transport TEXT NOT NULL DEFAULT 'tcp' CHECK (transport IN ('tcp', 'in-process'));
        ALTER TABLE runs ADD COLUMN scenario_digest TEXT \(check("scenario_digest", digest));
        ALTER TABLE runs ADD COLUMN parent_ulid TEXT CHECK (length(parent_ulid) = 26);
        ALTER TABLE runs ADD COLUMN parent_round INTEGER CHECK (parent_round >= 0);
        ALTER TABLE runs ADD COLUMN without_clients TEXT 
            CHECK (without_clients IS NULL OR json_valid(without_clients));
        ALTER TABLE client_rounds ADD COLUMN own_data INTEGER NOT NULL DEFAULT 0 CHECK (own_data IN (0, 1));

        -- Rows of a round that has not been committed are what has come in so far.
        CREATE TABLE updates (
            run_id INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
            round INTEGER NOT NULL CHECK (round >= 1),
            client INTEGER NOT NULL CHECK (client >= 0),
            attempt INTEGER NOT NULL CHECK (attempt >= 1),
            parameters BLOB NOT NULL CHECK (length(parameters) % 4 = 0),
            PRIMARY KEY (run_id, round, client, attempt)
        ) STRICT;
        """
    }

    private static var tables4: String {
        """
        -- NULL in the rounds that there were before.
        ALTER TABLE rounds ADD COLUMN population INTEGER CHECK (population BETWEEN 1 AND 4294967296);
        ALTER TABLE rounds ADD COLUMN own_data_clients INTEGER CHECK (own_data_clients >= 0);
        """
    }

    private static var tables6: String {
        """
        -- Their names, in the order in which the client followed them; NULL for one that kept to the rules.
        ALTER TABLE client_rounds ADD COLUMN behaviours TEXT CHECK (behaviours <> '');

        CREATE TABLE attacks (
            run_id INTEGER NOT NULL,
            round INTEGER NOT NULL,
            place INTEGER NOT NULL CHECK (place >= 1),
            kind TEXT NOT NULL CHECK (kind <> ''),
            clients INTEGER NOT NULL CHECK (clients >= 0),
            success REAL CHECK (success BETWEEN 0 AND 1),
            PRIMARY KEY (run_id, round, place),
            FOREIGN KEY (run_id, round) REFERENCES rounds (run_id, round) ON DELETE CASCADE
        ) STRICT, WITHOUT ROWID;
        """
    }

    private static var tables7: String {
        """
        -- What a client finds on the examples that it holds out; NULL where it evaluates nothing.
        ALTER TABLE client_rounds ADD COLUMN held_out_examples INTEGER CHECK (held_out_examples >= 1);
        ALTER TABLE client_rounds ADD COLUMN global_correct INTEGER
            CHECK (global_correct BETWEEN 0 AND held_out_examples);
        ALTER TABLE client_rounds ADD COLUMN global_loss REAL CHECK (global_loss >= 0);
        ALTER TABLE client_rounds ADD COLUMN personal_correct INTEGER
            CHECK (personal_correct BETWEEN 0 AND held_out_examples);
        ALTER TABLE client_rounds ADD COLUMN personal_loss REAL CHECK (personal_loss >= 0);
        """
    }

    private static var tables9: String {
        """
        -- What clients remembered when the run branched off, of the round in client_states; changed by no round.
        CREATE TABLE branch_states (
            run_id INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
            client INTEGER NOT NULL CHECK (client >= 0),
            round INTEGER NOT NULL CHECK (round >= 1),
            digest TEXT NOT NULL \(check("digest", digest)),
            bytes BLOB NOT NULL,
            PRIMARY KEY (run_id, client)
        ) STRICT;
        """
    }

    private static var tables11: String {
        """
        -- Of a run in virtual time, after its last committed round: what it needs to go on from that moment.
        CREATE TABLE timelines (
            run_id INTEGER PRIMARY KEY REFERENCES runs (id) ON DELETE CASCADE,
            round INTEGER NOT NULL CHECK (round >= 1),
            state TEXT NOT NULL CHECK (json_valid(state))
        ) STRICT;
        """
    }

    private static var tables14: String {
        """
        -- A client can be in a round twice, with updates that began with different models: its staleness is part of the key.
        -- seconds: from its invitation to its update, or until it was given up for being late; NULL where that was not measured.
        CREATE TABLE client_rounds_14 (
            run_id INTEGER NOT NULL,
            round INTEGER NOT NULL,
            client INTEGER NOT NULL CHECK (client >= 0),
            attempt INTEGER NOT NULL CHECK (attempt >= 1 OR (attempt = 0 AND status = 'failed')),
            status TEXT NOT NULL CHECK (status IN ('reported', 'failed')),
            reason TEXT CHECK (reason <> ''),
            detail TEXT,
            worker TEXT,
            examples INTEGER CHECK (examples >= 0),
            loss REAL,
            accuracy REAL CHECK (accuracy BETWEEN 0 AND 1),
            steps INTEGER CHECK (steps >= 0),
            bytes_received INTEGER NOT NULL CHECK (bytes_received >= 0),
            train_seconds REAL CHECK (train_seconds >= 0),
            transfer_seconds REAL CHECK (transfer_seconds >= 0),
            update_digest TEXT \(check("update_digest", digest)),
            own_data INTEGER NOT NULL DEFAULT 0 CHECK (own_data IN (0, 1)),
            state_round INTEGER CHECK (state_round >= 1),
            scalars TEXT CHECK (scalars IS NULL OR json_valid(scalars)),
            behaviours TEXT CHECK (behaviours <> ''),
            held_out_examples INTEGER CHECK (held_out_examples >= 1),
            global_correct INTEGER CHECK (global_correct BETWEEN 0 AND held_out_examples),
            global_loss REAL CHECK (global_loss >= 0),
            personal_correct INTEGER CHECK (personal_correct BETWEEN 0 AND held_out_examples),
            personal_loss REAL CHECK (personal_loss >= 0),
            staleness INTEGER NOT NULL DEFAULT 0 CHECK (staleness BETWEEN 0 AND round - 1),
            seconds REAL CHECK (seconds >= 0),
            PRIMARY KEY (run_id, round, client, staleness),
            FOREIGN KEY (run_id, round) REFERENCES rounds (run_id, round) ON DELETE CASCADE,
            CHECK ((status = 'reported') = (reason IS NULL)),
            CHECK (status = 'failed' OR (examples IS NOT NULL AND update_digest IS NOT NULL))
        ) STRICT, WITHOUT ROWID;

        INSERT INTO client_rounds_14 SELECT *, 0, NULL FROM client_rounds;
        DROP TABLE client_rounds;
        ALTER TABLE client_rounds_14 RENAME TO client_rounds;
        CREATE INDEX client_rounds_by_client ON client_rounds (run_id, client, round);
        """
    }

    private static var tables5: String {
        """
        -- Of the model and the server's state; NULL where the strategy remembers nothing.
        ALTER TABLE rounds ADD COLUMN state_digest TEXT \(check("state_digest", digest));
        ALTER TABLE client_rounds ADD COLUMN state_round INTEGER CHECK (state_round >= 1);
        ALTER TABLE client_rounds ADD COLUMN scalars TEXT CHECK (scalars IS NULL OR json_valid(scalars));

        -- What the server remembers beside the model, for the rounds whose models are kept.
        CREATE TABLE states (
            run_id INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
            round INTEGER NOT NULL CHECK (round >= 0),
            name TEXT NOT NULL CHECK (name <> ''),
            digest TEXT NOT NULL \(check("digest", digest)),
            bytes BLOB NOT NULL,
            PRIMARY KEY (run_id, round, name)
        ) STRICT;

        -- The last round of each client whose update counted: what it remembers dates from there.
        CREATE TABLE client_states (
            run_id INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
            client INTEGER NOT NULL CHECK (client >= 0),
            round INTEGER NOT NULL CHECK (round >= 1),
            PRIMARY KEY (run_id, client)
        ) STRICT, WITHOUT ROWID;
        """
    }
}
