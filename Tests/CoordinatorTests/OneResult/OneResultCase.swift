import Foundation
import TestSupport
import Testing

/// One way to run one scenario of the repository.
struct OneResultCase: Sendable, Hashable {
    enum Hosting: String, Sendable, Hashable, CaseIterable {
        case oneToAConnection = "one client to a connection"
        case manyToAConnection = "many clients to a connection"
    }

    enum Arrival: String, Sendable, Hashable, CaseIterable {
        case asItComes = "updates as they come"
        /// Held back until all clients with higher ids have been heard.
        case reversed = "updates in reverse"
        /// In an order that is drawn, each of them twice.
        case repeated = "updates twice and out of order"
        /// Connections are cut, so that clients are invited again.
        case reconnecting = "connections cut"
    }

    /// What carries the messages of the run.
    enum Carrier: Sendable, Hashable {
        case inProcess
        case tcp(Hosting, Arrival)
    }

    /// The numbers of threads that train in a process, and of workers with many clients each.
    static let counts = [1, 2, 4, 7]

    /// Relative to the repository's top.
    let file: String
    let carrier: Carrier
    let count: Int

    /// All scenario files of the repository.
    static let files: [String] = {
        let folder = Repository.root.appending(path: "scenarios")
        let names = FileManager.default.enumerator(atPath: folder.path(percentEncoded: false))?.allObjects ?? []
        return names.compactMap { $0 as? String }.filter { $0.hasSuffix(".yaml") }.map { "scenarios/\($0)" }.sorted()
    }()

    /// Every combination, scenario by scenario.
    static let all: [OneResultCase] = files.flatMap { file in
        let carriers =
            [Carrier.inProcess]
            + Hosting.allCases.flatMap { hosting in Arrival.allCases.map { .tcp(hosting, $0) } }
        return carriers.flatMap { carrier in
            counts.map { OneResultCase(file: file, carrier: carrier, count: $0) }
        }
    }

    /// What it has in common with other cases: its place on each axis, by the axis's name.
    var values: [String: String] {
        var values = ["scenario": file, "count": "\(count)", "transport": "in process"]
        if case .tcp(let hosting, let arrival) = carrier {
            values["transport"] = "TCP"
            values["hosting"] = hosting.rawValue
            values["arrival"] = arrival.rawValue
        }
        return values
    }
}

extension OneResultCase: CustomTestStringConvertible {
    var testDescription: String {
        switch carrier {
        case .inProcess: "\(file), in process, \(count) threads"
        case .tcp(let hosting, let arrival):
            "\(file), TCP, \(hosting.rawValue), \(arrival.rawValue), \(count) \(hosting.unit)"
        }
    }
}

extension OneResultCase.Hosting {
    /// What ``OneResultCase/count`` counts.
    fileprivate var unit: String {
        switch self {
        case .oneToAConnection: "threads"
        case .manyToAConnection: "workers"
        }
    }
}
