/// One key that a scenario may have, for documentation: ``Scenario/reference`` lists them all.
public struct ScenarioKey: Sendable, Hashable, Encodable {
    /// The sections that lead to it and its name, for example `train.learning_rate`.
    public let path: String
    /// What may stand there, for example `a whole number from 1 to 1000`.
    public let expectation: String
    /// What holds when the key is absent, in words; nil when it must not be absent.
    public let standard: String?
    /// What another key has to say for this one to be allowed, for example `rule: dirichlet`.
    public let condition: String?
    /// What it is.
    public let meaning: String

    /// The last part of the path.
    public var name: String { String(path.split(separator: ".").last ?? "") }
    /// What stands before the name in the path, without the point; empty at the top.
    public var section: String { path.split(separator: ".").dropLast().joined(separator: ".") }
}
