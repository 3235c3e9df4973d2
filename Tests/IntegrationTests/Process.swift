import Foundation

/// What the system knows of processes.
enum Process {
    /// Whether the process is there and has not ended; one that has ended and that nobody has waited for does not count.
    static func isRunning(_ process: Int32) -> Bool {
        guard let state = fields(of: process)?.first else { return false }
        return state != "Z" && state != "X"
    }

    /// The processes that `parent` has started.
    static func children(of parent: Int32) throws -> [Int32] {
        let processes = try FileManager.default.contentsOfDirectory(atPath: "/proc").compactMap { Int32($0) }
        return processes.filter { process in
            guard let fields = fields(of: process), fields.count > 1 else { return false }
            return fields[1] == "\(parent)"
        }
    }

    /// What follows the name in `/proc/…/stat`: the state, the parent, and more.
    private static func fields(of process: Int32) -> [Substring]? {
        // "pid (name) state parent …"; the name may hold spaces and parentheses.
        guard let status = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8),
            let name = status.lastIndex(of: ")")
        else { return nil }
        return status[status.index(after: name)...].split(separator: " ")
    }
}
