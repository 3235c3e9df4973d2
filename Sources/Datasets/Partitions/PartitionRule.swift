/// The rule that deals examples to clients, and how many each gets.
public struct PartitionRule: Sendable, Hashable {
    public var assignment: Assignment
    public var sizes: Sizes

    public init(_ assignment: Assignment, sizes: Sizes = .equal) {
        self.assignment = assignment
        self.sizes = sizes
    }

    /// Which examples a client gets.
    public enum Assignment: Sendable, Hashable {
        /// Shuffled and dealt.
        case iid
        /// Sorted by label, cut into `clients × perClient` shards of one size, `perClient` of them to a client at
        /// random (McMahan et al. 2017, section 3).
        case shards(perClient: Int)
        /// `perClient` classes to a client.
        case classes(perClient: Int)
        /// For each class, the clients' shares are drawn from a Dirichlet distribution with concentration `alpha`
        /// (Yurochkin et al. 2019; Li et al. 2022); dealt anew until no client has fewer than
        /// `minimumExamples`, or than 1.
        case dirichlet(alpha: Double, minimumExamples: Int)
        /// For each client, the classes' shares are drawn from a Dirichlet distribution with concentration `alpha` times their
        /// shares of all examples (Hsu, Qi and Brown 2019).
        case clientDirichlet(alpha: Double)
    }

    /// How many examples a client gets.
    public enum Sizes: Sendable, Hashable {
        /// As equal as the division allows; with `dirichlet`, what the draw gives.
        case equal
        /// In proportion to exp(sigma · N(0, 1)).
        case logNormal(sigma: Double)
    }
}
