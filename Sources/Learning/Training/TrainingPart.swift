internal import Randomness

/// Which of a client's trainings in a round one is; each draws from random streams of its own.
public enum TrainingPart: Sendable, Hashable {
    /// Of the model that the update is made of.
    case update
    /// Of the layers that stay with the client, before the others.
    case head
    /// Of the client's own model, beside the one that it sends.
    case personal
    /// Of the model that the client evaluates.
    case fineTuning

    var shuffling: RandomPurpose {
        switch self {
        case .update: .shuffling
        case .head: .headShuffling
        case .personal: .personalShuffling
        case .fineTuning: .fineTuningShuffling
        }
    }

    var dropout: RandomPurpose {
        switch self {
        case .update: .dropout
        case .head: .headDropout
        case .personal: .personalDropout
        case .fineTuning: .fineTuningDropout
        }
    }
}
