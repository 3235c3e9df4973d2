public import Diagnostics

/// All the mistakes that were found in a scenario file, in the order of its lines.
public struct ScenarioProblems: Error, Sendable, Hashable {
    /// The path of the file as it was given.
    public let file: String
    /// The content of the file, for quoting from it.
    public let text: String
    /// At least one.
    public let all: [ScenarioProblem]

    /// - Precondition: `all` is not empty.
    public init(file: String, text: String, all: [ScenarioProblem]) {
        precondition(!all.isEmpty)
        self.file = file
        self.text = text
        self.all = all
    }

    /// The first of them, which says how many more there are.
    public var first: Problem {
        let problem = all[0].problem
        guard all.count > 1 else { return problem }
        let others = all.count == 2 ? "another problem" : "\(all.count - 1) other problems"
        let pointer = "The file has \(others): fed check \(file.shellWord)"
        return Problem(
            problem.kind, problem.what, at: problem.place,
            remedy: problem.remedy.map { "\($0)\n  \(pointer)" } ?? pointer)
    }
}
