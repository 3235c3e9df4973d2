import Foundation

/// The machine that a run is made on, for the record.
public struct MachineDescription: Sendable, Hashable {
    /// The processor's name.
    public var cpu: String
    /// The processors that this process may use.
    public var cores: Int

    public init(cpu: String, cores: Int) {
        self.cpu = cpu
        self.cores = cores
    }

    /// This machine.
    public static var current: MachineDescription {
        let information = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
        let line = information.split(separator: "\n").first { $0.hasPrefix("model name") }
        let name = line?.split(separator: ":", maxSplits: 1).last.map { $0.trimmingCharacters(in: .whitespaces) }
        return MachineDescription(cpu: name ?? "unknown", cores: ProcessInfo.processInfo.activeProcessorCount)
    }
}
