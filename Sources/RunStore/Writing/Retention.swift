/// What of earlier rounds stays in the record: their digests, metrics and failures always do.
public struct Retention: Sendable, Hashable {
    /// The parameters of models of rounds that this divides are kept, beside the first and the latest model of a run;
    /// `nil`: none of those between.
    public let modelStride: Int?
    /// The rows of clients that reported, and their updates where these are kept, are those of so many of the latest rounds;
    /// `nil`: of all.
    public let clientRounds: Int?
    /// So many models before the latest stay, since clients still train from them.
    public let modelsInUse: Int

    /// - Precondition: the first two are at least 1, the third is not negative.
    public init(modelStride: Int? = nil, clientRounds: Int? = nil, modelsInUse: Int = 0) {
        precondition(modelsInUse >= 0)
        precondition([modelStride, clientRounds].compactMap(\.self).allSatisfy { $0 >= 1 })
        self.modelStride = modelStride
        self.clientRounds = clientRounds
        self.modelsInUse = modelsInUse
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

    /// Whether the model of a round stays when there is a later one, however old it is.
    private func keepsModel(of round: Int) -> Bool { modelStride.map { round % $0 == 0 } ?? false }

    /// The rounds whose models go when `round` is committed.
    ///
    /// - Parameter first: whose model stays.
    func modelsToDrop(after round: Int, first: Int, best: Best?) -> [Int] {
        let oldest = round - modelsInUse
        // A former best that is still in use goes when it no longer is.
        return [oldest - 1, best?.former].compactMap(\.self).filter {
            $0 > first && $0 < oldest && $0 != best?.round && !keepsModel(of: $0)
        }
    }

    /// The round whose clients' rows go when `round` is committed.
    func roundToThin(after round: Int) -> Int? { clientRounds.map { round - $0 } }
}
