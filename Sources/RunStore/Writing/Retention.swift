/// What of earlier rounds stays in the record: their digests, metrics and failures always do.
public struct Retention: Sendable, Hashable {
    /// The parameters of models of rounds that this divides are kept, beside the first and the latest model of a run;
    /// `nil`: none of those between.
    public let modelStride: Int?
    /// The rows of clients that reported, and their updates where these are kept, are those of so many of the latest rounds;
    /// `nil`: of all.
    public let clientRounds: Int?

    /// - Precondition: both are at least 1.
    public init(modelStride: Int? = nil, clientRounds: Int? = nil) {
        precondition([modelStride, clientRounds].compactMap(\.self).allSatisfy { $0 >= 1 })
        self.modelStride = modelStride
        self.clientRounds = clientRounds
    }

    /// The round with the best model, and the one that had it before.
    public struct Best: Sendable, Hashable {
        public let round: Int
        /// `nil` if it is the same.
        public let former: Int?

        public init(round: Int, former: Int?) {
            self.round = round
            self.former = former
        }
    }

    /// Whether the model of a round stays when there is a later one.
    func keepsModel(of round: Int) -> Bool { modelStride.map { round % $0 == 0 } ?? false }

    /// The round whose clients' rows go when `round` is committed.
    func roundToThin(after round: Int) -> Int? { clientRounds.map { round - $0 } }
}
