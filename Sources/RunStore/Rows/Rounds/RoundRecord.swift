public import Learning
public import Parameters

public import struct Foundation.Date

/// A row of `rounds`: what a round came to, what it cost and how long its phases took.
public struct RoundRecord: Sendable, Hashable, Codable {
    /// From 1.
    public var round: Int
    /// Of the new global model on the test set, 0 to 1.
    public var testAccuracy: Double
    /// Of the new global model on the test set, mean cross-entropy in nats; `nil` where it is not finite.
    public var testLoss: Double?
    /// Of the new global model.
    public var modelDigest: ContentDigest
    /// The size of the cohort: `clientsReported` + `clientsFailed`.
    public var clientsSelected: Int
    public var clientsReported: Int
    public var clientsFailed: Int
    /// Mean of the clients' losses, weighted by their examples; `nil` where it is not finite or nobody reported.
    public var trainLoss: Double?
    /// Mean of the clients' accuracies, weighted by their examples, 0 to 1.
    public var trainAccuracy: Double?
    /// The examples of the clients that reported.
    public var examples: Int64
    /// From the coordinator to its workers in this round.
    public var bytesSent: Int64
    /// From the workers to the coordinator in this round.
    public var bytesReceived: Int64
    /// Choosing the cohort and encoding the model.
    public var selectSeconds: Double
    /// From the first invitation to the last update or the deadline: broadcast, training and reports.
    public var collectSeconds: Double
    /// Making the new global model, beyond what was done while updates came in.
    public var aggregateSeconds: Double
    /// The test set, beside the next round's training.
    public var evaluateSeconds: Double
    public var startedAt: Date
    /// When the commit was begun; the next round may have begun before.
    public var committedAt: Date
    /// The examples that all clients of the run hold together: it fixes how the updates were rounded when they were summed.
    /// `nil` for a round of a version that did not record it.
    public var population: Int64?
    /// How many clients of the run hold examples of their own; `nil` for a round of a version that did not record it.
    public var ownDataClients: Int?
    /// Of the new global model and the server's state together; `nil` where the strategy remembers nothing.
    public var stateDigest: ContentDigest?
    /// Of the new global model on the training examples that no client has, 0 to 1; `nil` where there are none.
    public var validationAccuracy: Double?
    /// Mean cross-entropy in nats; `nil` where it is not finite, too.
    public var validationLoss: Double?
    /// Of the new global model, for the test examples of each class, by its label; `nil` for a round of a version that did not
    /// record it.
    public var testClasses: [ClassAccuracy]?

    public init(
        round: Int, testAccuracy: Double, testLoss: Double?, modelDigest: ContentDigest, clientsSelected: Int,
        clientsReported: Int, clientsFailed: Int, trainLoss: Double?, trainAccuracy: Double?, examples: Int64,
        bytesSent: Int64, bytesReceived: Int64, selectSeconds: Double, collectSeconds: Double, aggregateSeconds: Double,
        evaluateSeconds: Double, startedAt: Date, committedAt: Date, population: Int64? = nil,
        ownDataClients: Int? = nil, stateDigest: ContentDigest? = nil, validationAccuracy: Double? = nil,
        validationLoss: Double? = nil, testClasses: [ClassAccuracy]? = nil
    ) {
        self.round = round
        self.testAccuracy = testAccuracy
        self.testLoss = testLoss?.ifFinite
        self.modelDigest = modelDigest
        self.clientsSelected = clientsSelected
        self.clientsReported = clientsReported
        self.clientsFailed = clientsFailed
        self.trainLoss = trainLoss?.ifFinite
        self.trainAccuracy = trainAccuracy?.ifFinite
        self.examples = examples
        self.bytesSent = bytesSent
        self.bytesReceived = bytesReceived
        self.selectSeconds = selectSeconds
        self.collectSeconds = collectSeconds
        self.aggregateSeconds = aggregateSeconds
        self.evaluateSeconds = evaluateSeconds
        self.startedAt = startedAt
        self.committedAt = committedAt
        self.population = population
        self.ownDataClients = ownDataClients
        self.stateDigest = stateDigest
        self.validationAccuracy = validationAccuracy
        self.validationLoss = validationLoss?.ifFinite
        self.testClasses = testClasses
    }
}

extension RoundRecord {
    /// What tells the best model: accuracy on the validation examples, or on the test examples where there are none.
    public var score: Double { validationAccuracy ?? testAccuracy }
}

extension Double {
    /// SQLite has no NaN and JSON neither NaN nor infinity; what is not finite is kept as NULL.
    var ifFinite: Double? { isFinite ? self : nil }
}
