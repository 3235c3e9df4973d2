public import ArgumentParser
public import Scenarios

/// `--set`: other values for some keys of a scenario.
public struct ScenarioOptions: ParsableArguments {
    @Option(
        name: .customLong("set"),
        help: ArgumentHelp(
            "Another value for a key of the scenario, for example train.learning_rate=0.03; may be repeated.",
            valueName: "key=value"))
    public var overrides: [ScenarioOverride] = []

    public init() {}

    public func validate() throws {
        let keys = overrides.map(\.key)
        guard Set(keys).count == keys.count else { throw ValidationError("--set names a key twice.") }
    }

    /// The options as they are written on a command line.
    public var arguments: [String] { overrides.flatMap { ["--set", "\($0.key)=\($0.value)"] } }
}

extension ScenarioOverride: ExpressibleByArgument {
    /// `key=value`.
    public init?(argument: String) {
        guard let sign = argument.firstIndex(of: "="), sign != argument.startIndex else { return nil }
        let value = argument[argument.index(after: sign)...]
        guard !value.isEmpty else { return nil }
        self.init(key: String(argument[..<sign]), value: String(value))
    }
}
