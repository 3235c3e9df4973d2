import Settings

/// The behaviours that a scenario can name. A new one is its file and its line here.
public enum Behaviours {
    /// In the order of the documentation.
    public static let all: [any Behaviour.Type] = [
        LabelFlip.self, NoisyLabels.self, Backdoor.self, Lazy.self, FreeRider.self,
        SignFlip.self, Scaling.self, ModelReplacement.self, GaussianNoise.self,
        ALIE.self, InnerProductManipulation.self, MinMax.self, MinSum.self,
    ]

    /// The behaviour of this name.
    public static func named(_ name: String) -> (any Behaviour.Type)? { all.first { $0.name == name } }
}
