public import Diagnostics

/// One mistake in a scenario file.
public struct ScenarioProblem: Sendable, Hashable {
    /// What, where (`file:line:column`) and the remedy.
    public let problem: Problem
    /// Where in the file, as far as it is known.
    public let mark: SourceMark?
    /// The path of the key, for example `train.learning_rate`; empty when it is about the file as a whole.
    public let key: String

    public init(problem: Problem, mark: SourceMark?, key: String) {
        self.problem = problem
        self.mark = mark
        self.key = key
    }
}
