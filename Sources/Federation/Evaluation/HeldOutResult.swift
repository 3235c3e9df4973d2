public import Parameters

/// What a client found when it evaluated a round's models on the examples that it holds out: numbers of its update.
public struct HeldOutResult: Sendable, Hashable {
    /// How good a model is on these examples.
    public struct Score: Sendable, Hashable {
        /// How many are classified rightly.
        public let correct: Int
        /// Their mean cross-entropy in nats.
        public let loss: Double

        public init(correct: Int, loss: Double) {
            self.correct = correct
            self.loss = loss
        }
    }

    /// The number of the examples; 0 where the client has too few to hold one out.
    public let examples: Int
    /// Of the model that the round began with, before any training; `nil` where layers of it are the clients' own.
    public let global: Score?
    /// Of the client's own model, after its training in the round; `nil` where it has none.
    public let personal: Score?

    public init(examples: Int, global: Score?, personal: Score?) {
        self.examples = examples
        self.global = global
        self.personal = personal
    }
}

extension HeldOutResult {
    /// The part of the examples that the global model classifies rightly.
    public var globalAccuracy: Double? { global.map { Double($0.correct) / Double(examples) } }

    /// The part of the examples that the client's own model classifies rightly.
    public var personalAccuracy: Double? { personal.map { Double($0.correct) / Double(examples) } }

    private static let count = "held_out/examples"

    /// The names of a model's numbers in an update.
    private enum Names: String {
        case global, personal

        var correct: String { "held_out/\(rawValue)_correct" }
        var loss: String { "held_out/\(rawValue)_loss" }
    }

    /// The numbers that it adds to an update, in their order; none if clients evaluate nothing.
    static func scalars(_ evaluation: ClientEvaluation, _ parts: StrategyParts) -> [String] {
        guard evaluation.isOn else { return [] }
        var names = [count]
        if parts.sharesWholeModel { names += [Names.global.correct, Names.global.loss] }
        if parts.hasPersonalModel || evaluation.fineTuneEpochs > 0 {
            names += [Names.personal.correct, Names.personal.loss]
        }
        return names
    }

    /// Writes it into an update that has the places for it.
    public func write(to update: inout Parts) {
        update[scalar: Self.count] = Double(examples)
        Self.write(global, .global, to: &update)
        Self.write(personal, .personal, to: &update)
    }

    private static func write(_ score: Score?, _ names: Names, to update: inout Parts) {
        guard let score, update.layout.scalars.contains(names.correct) else { return }
        update[scalar: names.correct] = Double(score.correct)
        update[scalar: names.loss] = score.loss
    }

    /// What an update says; `nil` if it has no such numbers, or the client held nothing out.
    ///
    /// - Throws: ``AggregationError/impossibleEvaluation(_:)`` for numbers that cannot be.
    public init?(_ update: Parts) throws(AggregationError) {
        guard update.layout.scalars.contains(Self.count) else { return nil }
        let examples = update[scalar: Self.count]
        guard let count = Int(exactly: examples), (0...Int(Int32.max)).contains(count) else {
            throw .impossibleEvaluation(examples)
        }
        let global = try Self.score(.global, of: count, in: update)
        let personal = try Self.score(.personal, of: count, in: update)
        guard count > 0 else { return nil }
        self.init(examples: count, global: global, personal: personal)
    }

    private static func score(_ names: Names, of count: Int, in update: Parts) throws(AggregationError) -> Score? {
        guard update.layout.scalars.contains(names.correct) else { return nil }
        let (correct, loss) = (update[scalar: names.correct], update[scalar: names.loss])
        guard let number = Int(exactly: correct), (0...count).contains(number) else {
            throw .impossibleEvaluation(correct)
        }
        guard loss.isFinite, loss >= 0 else { throw .impossibleEvaluation(loss) }
        return Score(correct: number, loss: loss)
    }
}
