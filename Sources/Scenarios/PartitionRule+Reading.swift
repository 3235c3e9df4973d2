import Datasets

extension PartitionRule {
    private enum Rule: String, CaseIterable {
        case iid, shards, classes, dirichlet
    }

    private enum SizesRule: String, CaseIterable {
        case equal
        case logNormal = "log-normal"
    }

    /// The schema of `partition`.
    static func read(_ section: Section) -> PartitionRule {
        let rule = section.choose("rule", Rule.allCases, default: .iid, "how the examples are dealt to the clients")
        let shardsPerClient = section.read(
            "shards_per_client", .wholeNumber(1...1_000), default: 2, if: rule.is(.shards),
            "how many shards of the examples, sorted by label, a client gets")
        let classesPerClient = section.read(
            "classes_per_client", .wholeNumber(1...10), default: 2, if: rule.is(.classes),
            "how many classes a client gets")
        let alpha = section.read(
            "alpha", .number(.from(0.001, upTo: 1_000_000)), default: 0.5, if: rule.is(.dirichlet),
            "α, the concentration of the clients' shares of a class: the smaller, the less alike")
        let minimumExamples = section.read(
            "minimum_examples", .wholeNumber(0...10_000), default: 10, if: rule.is(.dirichlet),
            "the fewest examples that a client may have")
        let sizes = section.choose("sizes", SizesRule.allCases, default: .equal, "how many examples a client gets")
        let sigma = section.read(
            "sigma", .number(.above(0, upTo: 3)), default: 0.5, if: sizes.is(.logNormal),
            "σ of the sizes, in proportion to exp(σ · N(0, 1))")

        let assignment: Assignment =
            switch rule.value {
            case .iid: .iid
            case .shards: .shards(perClient: shardsPerClient)
            case .classes: .classes(perClient: classesPerClient)
            case .dirichlet: .dirichlet(alpha: alpha, minimumExamples: minimumExamples)
            }
        return PartitionRule(assignment, sizes: sizes.value == .equal ? .equal : .logNormal(sigma: sigma))
    }

    /// Why there are not enough examples for so many clients, or nil when there are.
    func shortage(clients: Int, of data: DatasetKind) -> String? {
        let available = 60_000
        let (perClient, what) =
            switch assignment {
            case .iid, .classes: (1, "one example")
            case .shards(let count): (count, count == 1 ? "one shard of one example" : "\(count) shards of one example")
            case .dirichlet(_, let count): (max(1, count), count <= 1 ? "one example" : "\(count) examples")
            }
        guard clients > available / perClient else { return nil }
        return "is \(clients): \(data.rawValue) has \(available) training examples, too few for \(what) each"
    }
}
