import Foundation

/// What the system knows of the memory of processes.
enum ProcessMemory {
    /// The most memory that the process has had since it began, in bytes: its resident pages, those of files included. `nil` if it
    /// is not there.
    static func peak(of process: Int32) -> Int? { entry("VmHWM", process) }

    /// The memory that the process has now, in bytes: its resident pages. `nil` if it is not there.
    static func resident(of process: Int32) -> Int? { entry("VmRSS", process) }

    private static func entry(_ name: String, _ process: Int32) -> Int? {
        guard let status = try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8) else { return nil }
        // "VmHWM:     12345 kB"
        let line = status.split(separator: "\n").first { $0.hasPrefix("\(name):") }
        return line?.split(separator: " ").dropFirst().first.flatMap { Int($0) }.map { $0 * 1024 }
    }
}
