extension ModelDefinition {
    /// `mlp-128-256`, a multilayer perceptron with hidden layers of 128 and 256 units; 136,074 parameters.
    public static let mlp128x256 = ModelDefinition(
        name: "mlp-128-256", input: .mnist,
        layers: [
            .dense(units: 128), .relu, .dropout(rate: nil),
            .dense(units: 256), .relu, .dropout(rate: nil),
            .dense(units: 10),
        ])
}
