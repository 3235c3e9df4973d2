import Settings

/// The rules of partition that a scenario can name. A new one is its file and its line here.
public enum Partitioners {
    /// In the order of the documentation.
    public static let all: [any Partitioner.Type] = [
        IIDPartition.self, ShardPartition.self, ClassPartition.self, DirichletPartition.self,
        ClientDirichletPartition.self,
    ]

    /// The rule of this name.
    public static func named(_ name: String) -> (any Partitioner.Type)? { all.first { $0.name == name } }
}
