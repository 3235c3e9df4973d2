public import Settings

/// How examples are dealt to clients: one file each, named in ``Partitioners``.
///
/// It sees labels only, and gives each example to one client: no rule can deal one twice or forget one.
public protocol Partitioner: Configurable {
    /// In a few words, without the sizes: `2 shards a client`.
    var summary: String { get }
    /// The fewest examples that a client has to be dealt, from 1.
    var fewestExamples: Int { get }
    /// How many examples a client gets.
    var sizes: ShardSizes { get }

    /// For each example, the client that holds it. The same arguments always give the same.
    ///
    /// - Parameters:
    ///   - labels: as many as clients at least, 2³¹ − 1 at most, each below `classes`.
    ///   - clients: from 1.
    /// - Throws: a ``Problem`` of kind `data` when the rule cannot be kept with these examples and so many clients.
    func deal(labels: [UInt8], classes: Int, clients: Int, seed: UInt64) throws -> [Int32]

    /// Why the rule cannot be kept with data of so many classes, as the end of a sentence that begins with the number of clients;
    /// `nil` if it can, as far as the classes go.
    func obstacle(clients: Int, classes: Int) -> String?
}

extension Partitioner {
    public var fewestExamples: Int { 1 }
    public var sizes: ShardSizes { .equal }
    public func obstacle(clients: Int, classes: Int) -> String? { nil }
}
