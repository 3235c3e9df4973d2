import ArgumentParser
import Terminal

/// How many of many rows a table lists: those at its end.
struct Listed: Sendable, Hashable {
    /// `nil`: all.
    let limit: Int?

    /// Says what is not listed, if anything is not.
    ///
    /// - Parameter name: of one of `count`.
    func note(of count: Int, _ name: String) -> String? {
        guard let limit, limit < count else { return nil }
        return "the last \(NumberFormat.count(limit)) of \(NumberFormat.count(count, name)); --last all lists all"
    }
}

extension Listed: ExpressibleByArgument {
    init?(argument: String) {
        if argument == "all" {
            self.init(limit: nil)
        } else if let limit = Int(argument), limit >= 1 {
            self.init(limit: limit)
        } else {
            return nil
        }
    }

    var defaultValueDescription: String { limit.map(String.init) ?? "all" }
}
