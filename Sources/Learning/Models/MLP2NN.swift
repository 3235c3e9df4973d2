extension ModelDefinition {
    /// `mlp-2nn`, the multilayer perceptron with two hidden layers of McMahan et al. 2017, section 3; 199,210
    /// parameters.
    public static let mlp2NN = ModelDefinition(
        name: "mlp-2nn", input: .mnist,
        layers: [
            .dense(units: 200), .relu, .dropout(rate: nil),
            .dense(units: 200), .relu, .dropout(rate: nil),
            .dense(units: 10),
        ])
}
