public import Federation
public import Scenarios
public import Wire

extension Scenario {
    /// What the round machine has to know.
    public var roundPlan: RoundPlan {
        RoundPlan(
            seed: seed, rounds: UInt32(rounds), clients: clients, startingClients: startingClients, cohort: selected,
            selection: selection, deadline: deadline, wantedUpdates: cohort,
            minimumUpdates: minimumUpdates,
            waitsForEvaluation: endingAccuracy != nil || patience != nil, deadlines: network.deadlines)
    }
}

extension CodecName {
    /// The codec itself.
    public var codec: Codec {
        switch self {
        case .f32: .f32
        case .f16: .f16
        case .bf16: .bf16
        case .int8: .int8
        }
    }
}
