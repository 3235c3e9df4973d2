public import RunStore

/// What a run tells while it goes on, one JSON object for each of these where a program reads it.
public enum RunProgress: Sendable, Codable, Equatable {
    /// The run stands in the record; a coordinator listens.
    case started(Started)
    /// A client has joined for the first time.
    case joined(clients: Int, of: Int)
    case roundOpened(round: Int, cohort: Int)
    /// A client's part in the round is over, well or badly.
    case clientSettled(round: Int, reported: Int, failed: Int, cohort: Int)
    /// Something that should not have happened, and that the run survived: a worker left, an update was refused.
    case incident(String)
    case roundCommitted(Round)
    case finished(Finished)

    public struct Started: Sendable, Codable, Equatable {
        /// Where the coordinator listens; `nil` if clients and coordinator are one process.
        public var endpoint: String?
        public var run: Int64
        public var ulid: String
        public var name: String
        public var rounds: Int
        public var clients: Int
        public var cohort: Int
        public var data: String
        public var database: String
    }

    public struct Round: Sendable, Codable, Equatable {
        public var round: Int
        /// 0 … 1, on the test set.
        public var testAccuracy: Double
        public var testLoss: Double
        /// Weighted by examples; absent if it is not finite.
        public var trainLoss: Double?
        public var reported: Int
        public var failed: Int
        public var bytesSent: Int
        public var bytesReceived: Int
        public var seconds: Double
        public var modelDigest: String
        /// Of each behaviour that the scenario names; absent if it names none.
        public var attacks: [Attack]?
        /// What the round's clients found on the examples that they hold out; absent if they evaluate nothing.
        public var heldOut: HeldOutAccuracy?
        /// 0 … 1, on the training examples that no client has; absent if there are none.
        public var validationAccuracy: Double?
    }

    /// A behaviour of clients that misbehave, in one round.
    public struct Attack: Sendable, Codable, Equatable {
        public var kind: String
        /// How many clients of the cohort behaved so.
        public var clients: Int
        /// 0 … 1, where the attack wants something in particular.
        public var success: Double?
    }

    public struct Finished: Sendable, Codable, Equatable {
        /// `finished`, `stopped` or `failed`.
        public var status: String
        public var message: String?
        public var roundsCommitted: Int
        public var testAccuracy: Double?
        public var modelDigest: String
        public var bytesSent: Int
        public var bytesReceived: Int
        public var seconds: Double
    }
}
