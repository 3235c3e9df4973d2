public import Federation
public import Parameters

/// A row of `client_rounds`: what one client of the cohort did in one round.
public struct ClientRoundRecord: Sendable, Hashable, Codable {
    /// The raw value is what `client_rounds.status` holds.
    public enum Status: String, Sendable, Hashable, Codable {
        /// Its update is part of the new global model.
        case reported
        /// It is not, for the `reason`.
        case failed
    }

    public var client: ClientID
    /// The try that this row tells of, from 1; a reconnect makes a new one.
    public var attempt: Int
    /// By how many models the one was behind that the client began with; 0 in rounds.
    public var staleness: Int
    public var status: Status
    /// `nil` if it reported, else a short code: `disconnected`, `deadline`, `diverged`, `rejected`, …
    public var reason: String?
    /// What is known of the reason, for people.
    public var detail: String?
    /// The worker that hosted the client, if there was one.
    public var worker: String?
    /// How many examples the client has trained on; its weight.
    public var examples: Int64?
    /// Its mean training loss; `nil` where it is not finite.
    public var loss: Double?
    /// Its training accuracy, 0 to 1.
    public var accuracy: Double?
    /// How many optimiser steps it took.
    public var steps: Int64?
    /// What came from it in this round.
    public var bytesReceived: Int64
    /// How long it trained, by its own clock.
    public var trainSeconds: Double?
    /// How long its update took to arrive.
    public var transferSeconds: Double?
    /// How long it took from its invitation to its update, or until it was given up for being late; `nil` where that was not measured.
    public var seconds: Double?
    /// SHA-256 of the update's vectors and numbers.
    public var updateDigest: ContentDigest?
    /// Whether it trained on examples of its own, which nobody else has.
    public var ownData: Bool
    /// The round from whose update the state dates that it began with; `nil` if it began without one.
    public var stateRound: Int?
    /// Its update's numbers, in the order in which the strategy declares them; `nil` if there are none.
    public var scalars: [Double]?
    /// The names of what it did instead of what it was asked for, with commas between them; `nil` if it kept to the rules.
    public var behaviours: String?
    /// How many examples the client has held out and evaluated; `nil` if none.
    public var heldOutExamples: Int?
    /// How many of them the model classifies rightly that the round began with; `nil` where layers of it are the clients' own.
    public var globalCorrect: Int?
    /// Its mean cross-entropy on them.
    public var globalLoss: Double?
    /// How many of them the client's own model classifies rightly after the round; `nil` where it has none.
    public var personalCorrect: Int?
    /// Its mean cross-entropy on them.
    public var personalLoss: Double?

    public init(
        client: ClientID, attempt: Int, status: Status, reason: String? = nil, detail: String? = nil,
        worker: String? = nil, examples: Int64? = nil, loss: Double? = nil, accuracy: Double? = nil,
        steps: Int64? = nil, bytesReceived: Int64 = 0, trainSeconds: Double? = nil, transferSeconds: Double? = nil,
        updateDigest: ContentDigest? = nil, ownData: Bool = false, stateRound: Int? = nil, scalars: [Double]? = nil,
        behaviours: String? = nil, heldOut: HeldOutResult? = nil, staleness: Int = 0, seconds: Double? = nil
    ) {
        self.client = client
        self.attempt = attempt
        self.staleness = staleness
        self.seconds = seconds?.ifFinite
        self.status = status
        self.reason = reason
        self.detail = detail
        self.worker = worker
        self.examples = examples
        self.loss = loss?.ifFinite
        self.accuracy = accuracy?.ifFinite
        self.steps = steps
        self.bytesReceived = bytesReceived
        self.trainSeconds = trainSeconds?.ifFinite
        self.transferSeconds = transferSeconds?.ifFinite
        self.updateDigest = updateDigest
        self.ownData = ownData
        self.stateRound = stateRound
        self.scalars = scalars
        self.behaviours = behaviours
        heldOutExamples = heldOut?.examples
        globalCorrect = heldOut?.global?.correct
        globalLoss = heldOut?.global?.loss
        personalCorrect = heldOut?.personal?.correct
        personalLoss = heldOut?.personal?.loss
    }
}

extension ClientRoundRecord {
    /// What the client found on the examples that it holds out; `nil` if it holds none out.
    public var heldOut: HeldOutResult? {
        heldOutExamples.map { examples in
            HeldOutResult(
                examples: examples, global: Self.score(globalCorrect, globalLoss),
                personal: Self.score(personalCorrect, personalLoss))
        }
    }

    private static func score(_ correct: Int?, _ loss: Double?) -> HeldOutResult.Score? {
        guard let correct, let loss else { return nil }
        return HeldOutResult.Score(correct: correct, loss: loss)
    }
}
