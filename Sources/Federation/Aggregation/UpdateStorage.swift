public import Parameters

/// Where the updates of a round are while a ``RobustRule`` waits for the last of them.
public protocol UpdateStorage: Sendable {
    /// Takes an update in; its row is the number of those before it.
    mutating func append(_ update: ParameterVector) throws

    /// Copies some values of a row.
    func copy(row: Int, _ columns: Range<Int>, to target: UnsafeMutableBufferPointer<Float>) throws

    /// Lets go of all.
    mutating func removeAll()
}

/// Updates that stay in memory.
public struct UpdatesInMemory: UpdateStorage {
    private var rows: [ParameterVector] = []

    public init() {}

    public mutating func append(_ update: ParameterVector) {
        rows.append(update)
    }

    public func copy(row: Int, _ columns: Range<Int>, to target: UnsafeMutableBufferPointer<Float>) {
        rows[row].withValues { _ = target.update(fromContentsOf: $0[columns]) }
    }

    public mutating func removeAll() {
        rows.removeAll(keepingCapacity: true)
    }
}
