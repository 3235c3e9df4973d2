public import Settings

/// The rule that deals a run's examples to its clients, with its settings, as a scenario names it and as it crosses the wire.
public struct PartitionChoice: Sendable, Hashable {
    public let name: String
    public let values: SettingValues

    /// - Throws: a ``SettingMistake`` when there is no such rule, or no such setting of it, or a value may not stand there.
    public init(name: String, settings: [(name: String, text: String)]) throws(SettingMistake) {
        guard let type = Partitioners.named(name) else { throw SettingMistake(name: "partition", text: name) }
        self.name = name
        values = try SettingValues(type.settings + Self.common, texts: settings)
    }

    /// - Parameter values: of this rule's settings.
    public init(_ type: any Partitioner.Type, _ values: SettingValues? = nil) {
        name = type.name
        self.values = values ?? SettingValues(type.settings + Self.common)
    }

    /// What holds for every rule.
    public static let common = [
        Setting(
            "validation", .from(0, upTo: 0.9), default: 0,
            "the part of the training examples that no client gets: the server evaluates each round's model on them")
    ]

    /// The part of the training examples that no client gets.
    public var validation: Double { values.number("validation") }

    /// How many of so many examples these are.
    func keptBack(of examples: Int) -> Int { Int((validation * Double(examples)).rounded()) }

    /// The rule itself.
    public func make() -> any Partitioner {
        // The name is one of the list: both initialisers see to it.
        (Partitioners.named(name) ?? IIDPartition.self).init(values)
    }

    /// In a few words, for example `2 shards a client, log-normal sizes 0.5`.
    public var summary: String {
        let rule = make()
        return [rule.summary, rule.sizes.summary].compactMap(\.self).joined(separator: ", ")
    }

    /// Why the rule cannot be kept with so many clients, as the end of a sentence that begins with their number; `nil` if nothing
    /// speaks against it before the labels are known.
    public func obstacle(clients: Int, data: DatasetKind) -> String? {
        let (all, _, classes) = data.expected
        let examples = all - keptBack(of: all)
        let rule = make()
        guard clients <= examples / rule.fewestExamples else {
            return
                "is \(clients), but \(data.rawValue) has \(examples) training examples\(validation > 0 ? " for them" : ""), not \(rule.fewestExamples) for each"
        }
        return rule.obstacle(clients: clients, classes: classes)
    }
}

extension PartitionChoice {
    /// A rule by its settings and sizes in code.
    init(_ type: any Partitioner.Type, _ settings: [(name: String, value: SettingValue)], _ sizes: ShardSizes = .equal)
    {
        var values = SettingValues(type.settings + Self.common)
        for (name, value) in settings + sizes.values {
            values.set(name, value)
        }
        self.init(type, values)
    }

    /// ``IIDPartition``.
    public static let iid = PartitionChoice(IIDPartition.self)

    /// ``IIDPartition``.
    public static func iid(sizes: ShardSizes) -> Self { Self(IIDPartition.self, [], sizes) }

    /// ``ShardPartition``.
    public static func shards(perClient: Int, sizes: ShardSizes = .equal) -> Self {
        Self(ShardPartition.self, [("shards_per_client", .wholeNumber(perClient))], sizes)
    }

    /// ``ClassPartition``.
    public static func classes(perClient: Int, sizes: ShardSizes = .equal) -> Self {
        Self(ClassPartition.self, [("classes_per_client", .wholeNumber(perClient))], sizes)
    }

    /// ``DirichletPartition``.
    public static func dirichlet(alpha: Double, minimumExamples: Int = 10) -> Self {
        Self(
            DirichletPartition.self, [("alpha", .number(alpha)), ("minimum_examples", .wholeNumber(minimumExamples))])
    }

    /// ``ClientDirichletPartition``.
    public static func clientDirichlet(alpha: Double, sizes: ShardSizes = .equal) -> Self {
        Self(ClientDirichletPartition.self, [("alpha", .number(alpha))], sizes)
    }
}
