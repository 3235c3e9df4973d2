/// What a random stream is for. Each purpose has streams of its own, so that a new use of randomness changes none of
/// the draws that a run already makes. The numbers are part of every result: never change or reuse one.
public enum RandomPurpose: UInt32, Sendable, CaseIterable {
    /// Initial weights; `client` is the tensor's place in the model.
    case initialisation = 1
    /// Which example goes to which client.
    case partition = 2
    /// How many examples a client gets, where sizes are unequal.
    case sizes = 3
    /// Which clients form the cohort of a round.
    case selection = 4
    /// The order of the examples in a client's local epochs.
    case shuffling = 5
    /// Dropout masks.
    case dropout = 6
    /// The digits that the program draws itself; `client` is the example, `round` the split.
    case digits = 7
    /// Waits between attempts to connect; never enters a result.
    case jitter = 8
    /// Which clients of a round do less than they are asked for, and how much less.
    case partialWork = 9
    /// Which clients misbehave, where a share of them does.
    case attackers = 10
    /// Which of its own examples a client that misbehaves changes, and how; `client` is the client.
    case poisoning = 11
    /// What a client that misbehaves adds to its update.
    case attackNoise = 12
    /// Which training examples the server has itself.
    case rootSet = 13
    /// Which of its own examples a client holds out from its training.
    case heldOut = 14
    /// The order of the examples where a client trains the layers that stay with it, before the others.
    case headShuffling = 15
    /// Its dropout masks.
    case headDropout = 16
    /// The order of the examples where a client trains a model of its own beside the one that it sends.
    case personalShuffling = 17
    /// Its dropout masks.
    case personalDropout = 18
    /// The order of the examples where a client fine-tunes the model that it evaluates.
    case fineTuningShuffling = 19
    /// Its dropout masks.
    case fineTuningDropout = 20
    /// How what goes out in a round is rounded, where its codec does so at random.
    case broadcastRounding = 21
    /// How a client's update is rounded.
    case updateRounding = 22
    /// Which clients of a round do less than they are asked for, where a share of each cohort does.
    case stragglers = 23
    /// Which clients have which devices, where shares of them do.
    case devices = 24
    /// How fast a client's device is in a round.
    case deviceSpeed = 25
    /// When a client's device is on and off; `round` counts the stretches.
    case availability = 26
    /// What goes wrong with a client's work in a round.
    case mishaps = 27
    /// Which training examples no client gets, so that the server can evaluate models on them.
    case validation = 28
}
