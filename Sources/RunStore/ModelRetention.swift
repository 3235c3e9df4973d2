/// Which global models' parameters stay in the record: the first and the latest of a run always, and those of every so many
/// rounds between. Digests stay of all.
public struct ModelRetention: Sendable, Hashable {
    /// Models of rounds that this divides are kept; `nil`: none of those between.
    public let stride: Int?

    /// - Precondition: `stride` is at least 1.
    public init(stride: Int?) {
        precondition(stride.map { $0 >= 1 } ?? true)
        self.stride = stride
    }

    /// What going on needs, and no more.
    public static let firstAndLatest = ModelRetention(stride: nil)
    /// The model of every round.
    public static let all = ModelRetention(stride: 1)

    /// Whether the model of a round stays when there is a later one.
    func keeps(round: Int) -> Bool { stride.map { round % $0 == 0 } ?? false }
}
