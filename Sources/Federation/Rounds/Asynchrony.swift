/// How clients train that do not wait for each other.
public struct Asynchrony: Sendable, Hashable {
    /// K, the updates that the next model is made of; from 1.
    public let buffer: Int
    /// How many clients train at once; from 1. No more than there are do.
    public let concurrency: Int
    /// By how many models an update may be behind and still count.
    public let maximumStaleness: Int

    public init(buffer: Int, concurrency: Int, maximumStaleness: Int) {
        precondition(buffer > 0 && concurrency > 0 && maximumStaleness >= 0)
        self.buffer = buffer
        self.concurrency = concurrency
        self.maximumStaleness = maximumStaleness
    }
}
