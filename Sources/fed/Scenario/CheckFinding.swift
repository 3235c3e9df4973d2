import Diagnostics
import Scenarios

/// What `fed check` has to say about one file.
struct CheckFinding: Encodable {
    let file: String
    /// What the scenario is, in one line; nil when the file is not in order.
    let summary: String?
    let problems: [Mistake]

    /// Text for a person.
    private(set) var report: String
    /// The exit status for it; nil when the file is in order.
    private(set) var kind: Problem.Kind?

    var isInOrder: Bool { kind == nil }

    struct Mistake: Encodable {
        /// From 1, where there is one place in the file.
        var line: Int?
        /// From 1, in Unicode scalars.
        var column: Int?
        var key: String?
        let message: String
        let remedy: String?
    }

    private enum CodingKeys: String, CodingKey {
        case file, summary, problems
    }

    /// - Parameter overrides: keys that have other values than in the file.
    init(_ file: String, overrides: [ScenarioOverride] = []) {
        self.file = file
        do {
            let scenario =
                overrides.isEmpty
                ? try Scenario.check(try Scenario.text(ofFile: file), file: file)
                : try Scenario.load(path: file, overrides: overrides)
            summary = scenario.summary
            problems = []
            report = "\(file): \(scenario.summary)"
        } catch let found as ScenarioProblems {
            summary = nil
            problems = found.all.map { mistake in
                Mistake(
                    line: mistake.mark?.line, column: mistake.mark?.column, key: mistake.key,
                    message: mistake.problem.what, remedy: mistake.problem.remedy)
            }
            report = found.report
            kind = .data
        } catch {
            let problem = error as? Problem ?? Problem(.software, "\(error)", at: file)
            summary = nil
            problems = [Mistake(message: problem.what, remedy: problem.remedy)]
            report = problem.description
            kind = problem.kind
        }
    }
}
