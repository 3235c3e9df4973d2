/// What is known of a client from the rounds that it took part in: what rules of selection and deadlines go by.
public struct Experience: Sendable, Hashable {
    /// The last round of which something is known; from 1.
    public var round: UInt32
    /// Its mean training loss in the last update of it that counted; `nil` if none did, or it was not finite.
    public var loss: Double?
    /// The seconds from its invitation to its update the last time, or until it was given up for being late; `nil` where time is not
    /// measured.
    public var seconds: Double?

    public init(round: UInt32, loss: Double? = nil, seconds: Double? = nil) {
        self.round = round
        self.loss = loss
        self.seconds = seconds
    }

    /// What is known with this newer one.
    package func updated(by newer: Experience) -> Experience {
        Experience(round: newer.round, loss: newer.loss ?? loss, seconds: newer.seconds ?? seconds)
    }
}
