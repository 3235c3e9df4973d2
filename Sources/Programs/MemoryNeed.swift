internal import Federation
internal import Foundation
internal import Learning
internal import Parameters
public import Scenarios
internal import Terminal

/// The memory that a run's processes take together, estimated before they are started.
public struct MemoryNeed: Sendable {
    /// Of a process that does nothing yet.
    private static let process = 20_000_000
    /// Vectors of the model's size: for each thread the trained parameters, their gradient and the packed weights; for each
    /// update under way its bytes and its sum.
    private static let vectorsPerThread = 3
    private static let vectorsPerUpload = 2

    /// No less than this will be taken.
    public let bytes: Int

    /// - Parameters:
    ///   - threads: that train, of all workers together.
    ///   - uploads: updates that the coordinator receives at once.
    public init(_ scenario: Scenario, workers: Int, threads: Int, uploads: Int) {
        let layout = scenario.expectedModel?.layout ?? ParameterLayout([])
        let model = layout.byteCount
        let server = scenario.strategy.make().parts.server(layout, clients: scenario.clients).combined.byteCount
        bytes =
            (workers + 1) * Self.process + server + threads * Self.vectorsPerThread * model
            + min(uploads, scenario.selected) * Self.vectorsPerUpload * model
            + (scenario.strategy.seesAllUpdates ? min(scenario.cohort * model, scenario.updateMemory) : 0)
    }

    /// What to be warned of; `nil` where it fits, or nobody can tell.
    public var warning: String? {
        Self.available.flatMap { warning(available: $0) }
    }

    package func warning(available: Int) -> String? {
        guard bytes > available else { return nil }
        return
            "the run takes \(NumberFormat.bytes(bytes)) of memory or more, and \(NumberFormat.bytes(available)) are free; "
            + "it may be killed: use fewer --workers and --threads, or --in-process"
    }

    /// What the system can give without swapping.
    private static var available: Int? {
        guard let text = try? String(contentsOfFile: "/proc/meminfo", encoding: .utf8) else { return nil }
        return available(meminfo: text)
    }

    package static func available(meminfo text: String) -> Int? {
        let words = text.split(separator: "\n").first { $0.hasPrefix("MemAvailable:") }?.split(separator: " ")
        guard let words, words.count > 1, let kilobytes = Int(words[1]) else { return nil }
        return kilobytes.multipliedReportingOverflow(by: 1024).partialValue
    }
}
