import Foundation

/// Lets a program's record go wrong, through the library that Tests/RecordFaults makes.
struct RecordFault {
    /// The record: the path that all its files begin with.
    let database: String

    /// Where the number of steps is kept.
    private var counter: String { database + ".steps" }

    private static let library = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        .appending(path: "libRecordFaults.so").path(percentEncoded: false)

    /// What is lost when a program is killed.
    enum Loss: CaseIterable {
        /// What it had not written.
        case nothingWritten
        /// Half of the write that it is killed at.
        case halfAWrite
        /// All that was not synced: the power is gone.
        case allUnsynced
        /// Some of what was not synced, for disks write in an order of their own.
        case someUnsynced
    }

    /// What cannot be opened for writing.
    enum ReadOnly: Int, CaseIterable {
        case nothing, database, disk
    }

    /// The environment of a program whose steps are counted.
    ///
    /// - Parameters:
    ///   - kill: the step before which it is killed; 0: none.
    ///   - loss: what is lost then.
    ///   - full: the step from which on its writes find the disk full; 0: none.
    func environment(
        kill: Int = 0, loss: Loss = .nothingWritten, full: Int = 0, readOnly: ReadOnly = .nothing
    ) -> [String: String] {
        [
            "LD_PRELOAD": Self.library, "FED_FAULT_PATH": database + ".sqlite", "FED_FAULT_COUNTER": counter,
            "FED_FAULT_KILL": "\(kill)", "FED_FAULT_TORN": loss == .halfAWrite ? "1" : "0",
            "FED_FAULT_UNSYNCED": loss == .allUnsynced ? "1" : loss == .someUnsynced ? "2" : "0",
            "FED_FAULT_FULL": "\(full)", "FED_FAULT_READ_ONLY": "\(readOnly.rawValue)",
        ]
    }

    /// The steps that the last program with this environment has taken.
    var steps: Int {
        get throws {
            try Data(contentsOf: URL(filePath: counter)).withUnsafeBytes { Int($0.loadUnaligned(as: UInt64.self)) }
        }
    }

    /// Begins to count anew.
    func reset() {
        try? FileManager.default.removeItem(atPath: counter)
    }
}
