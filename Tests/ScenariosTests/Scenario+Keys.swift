import Diagnostics
import Scenarios

extension Scenario {
    /// A small scenario with these keys; its text has two lines before them.
    static func with(_ keys: String, clients: Int = 10) throws(Problem) -> Scenario {
        try Scenario.parse("rounds: 5\nclients: \(clients)\n\(keys)", file: "test.yaml")
    }
}
