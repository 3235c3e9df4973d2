import Datasets
import Settings

extension PartitionRule {
    private enum Rule: String, CaseIterable {
        case iid, shards, classes, dirichlet
        case clientDirichlet = "client-dirichlet"
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
            "alpha", .number(.from(0.0001, upTo: 1_000_000)), default: 0.5,
            if: rule.isOne(of: .dirichlet, .clientDirichlet),
            "α, the concentration of the clients' shares of a class (dirichlet), or of a client's mix of classes "
                + "(client-dirichlet): the smaller, the less alike")
        let minimumExamples = section.read(
            "minimum_examples", .wholeNumber(1...10_000), default: 10, if: rule.is(.dirichlet),
            "the fewest examples that a client may have")
        let sizes = section.choose("sizes", SizesRule.allCases, default: .equal, "how many examples a client gets")
        let sigma = section.read(
            "sigma", .number(.from(0, upTo: 20)), default: 0.5, if: sizes.is(.logNormal),
            "σ of the sizes, in proportion to exp(σ · N(0, 1))")

        if rule.value == .dirichlet, sizes.value != .equal {
            section.refuse(
                "sizes", with: "rule", "is \(sizes.value.rawValue), but a dirichlet draw decides the sizes itself",
                remedy: "Leave it out.")
        }
        let assignment: Assignment =
            switch rule.value {
            case .iid: .iid
            case .shards: .shards(perClient: shardsPerClient)
            case .classes: .classes(perClient: classesPerClient)
            case .dirichlet: .dirichlet(alpha: alpha, minimumExamples: minimumExamples)
            case .clientDirichlet: .clientDirichlet(alpha: alpha)
            }
        return PartitionRule(assignment, sizes: sizes.value == .equal ? .equal : .logNormal(sigma: sigma))
    }

    /// Why the rule cannot be kept with so many clients, or nil when it can.
    func obstacle(clients: Int, data: DatasetKind) -> String? {
        let (examples, _, classes) = data.expected
        let needed =
            switch assignment {
            case .iid, .clientDirichlet: 1
            case .shards(let count), .classes(let count), .dirichlet(_, let count): count
            }
        guard clients <= examples / needed else {
            return "is \(clients), but \(data.rawValue) has \(examples) training examples, not \(needed) for each"
        }
        if case .classes(let count) = assignment, clients * count < classes {
            return "is \(clients): with \(count) classes each, some of the \(classes) classes would go to nobody"
        }
        return nil
    }
}
