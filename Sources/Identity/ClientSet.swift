public import Diagnostics
public import Federation

/// Clients by their ids: those that a certificate names, those for which tokens are made. Kept as ranges, so that a
/// certificate for a thousand clients is no longer than one for two.
public struct ClientSet: Sendable, Hashable {
    /// Ascending, apart from one another by at least one id.
    public let ranges: [ClosedRange<UInt32>]

    /// The most ranges that are read from a certificate or a command line.
    static let mostRanges = 1024

    public init(_ ranges: [ClosedRange<UInt32>]) {
        var merged: [ClosedRange<UInt32>] = []
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = merged.last, range.lowerBound <= last.upperBound || range.lowerBound == last.upperBound + 1 {
                merged[merged.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
            } else {
                merged.append(range)
            }
        }
        self.ranges = merged
    }

    public init(_ clients: some Sequence<ClientID>) {
        self.init(clients.map { $0.rawValue...$0.rawValue })
    }

    /// Reads what people write: `3`, `0..9`, `0..9,12`.
    public init(_ text: String) throws(Problem) {
        let problem = Problem(
            .usage, "\"\(text)\" names no clients", remedy: "write for example 3, or 0..9, or 0..9,12")
        var ranges: [ClosedRange<UInt32>] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard ranges.count < Self.mostRanges, let range = Self.range(part, separator: "..") else { throw problem }
            ranges.append(range)
        }
        self.init(ranges)
    }

    public var isEmpty: Bool { ranges.isEmpty }

    /// How many there are.
    public var count: Int { ranges.reduce(0) { $0 + Int($1.upperBound - $1.lowerBound) + 1 } }

    public func contains(_ client: ClientID) -> Bool {
        // Nearly always one range.
        ranges.contains { $0.contains(client.rawValue) }
    }

    /// Those that are in both.
    public func intersection(_ other: ClientSet) -> ClientSet {
        ClientSet(
            ranges.flatMap { range in
                other.ranges.compactMap { range.overlaps($0) ? range.clamped(to: $0) : nil }
            })
    }

    /// Each of them, ascending.
    public var clients: some Sequence<ClientID> {
        ranges.lazy.flatMap { $0.lazy.map { ClientID($0) } }
    }

    /// `a` or `a SEPARATOR b`, in digits alone.
    static func range(_ text: some StringProtocol, separator: String) -> ClosedRange<UInt32>? {
        let ends = text.split(separator: separator, omittingEmptySubsequences: false)
        guard ends.allSatisfy({ $0.utf8.allSatisfy { 0x30...0x39 ~= $0 } }),
            let first = ends.first.flatMap({ UInt32($0) })
        else { return nil }
        switch ends.count {
        case 1: return first...first
        case 2:
            guard let last = UInt32(ends[1]), last >= first else { return nil }
            return first...last
        default: return nil
        }
    }
}

extension ClientSet: CustomStringConvertible {
    /// As it is read, for example `0..9,12`.
    public var description: String {
        ranges.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)..\($0.upperBound)" }
            .joined(separator: ",")
    }
}
