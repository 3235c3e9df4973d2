/// How long a run goes on without becoming better (early stopping; Prechelt 1998, "Early Stopping: But When?").
public struct Patience: Sendable, Hashable {
    /// So many rounds, from 1.
    public let rounds: Int
    /// A model is better if its accuracy is more than so much above the best before; 0 … 1.
    public let minimumChange: Double
    private var best: Double?
    private var since = 0

    public init(rounds: Int, minimumChange: Double) {
        self.rounds = rounds
        self.minimumChange = minimumChange
    }

    /// Takes note of the accuracy of the next round's model.
    public mutating func note(_ accuracy: Double) {
        if let best, accuracy <= best + minimumChange {
            since += 1
        } else {
            best = accuracy
            since = 0
        }
    }

    /// Whether nothing better has come for so many rounds.
    public var isOver: Bool { since >= rounds }
}
