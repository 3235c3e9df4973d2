import Settings

/// The strategies that a scenario can name. A new one is its file and its line here.
public enum Strategies {
    /// In the order of the documentation.
    public static let all: [any Strategy.Type] = [
        FedAvg.self, FedAvgM.self, FedProx.self, FedSGD.self, FedAdagrad.self, FedAdam.self, FedYogi.self,
        Scaffold.self, FedNova.self, FedDyn.self, QFFL.self, FedAsync.self, FedBuff.self, Ditto.self, FedPer.self,
        FedRep.self,
        Median.self, TrimmedMean.self, Krum.self, MultiKrum.self, Bulyan.self, RFA.self, NormClipping.self,
        CenteredClipping.self, FLTrust.self, FoolsGold.self,
    ]

    /// The strategy of this name.
    public static func named(_ name: String) -> (any Strategy.Type)? { all.first { $0.name == name } }
}
