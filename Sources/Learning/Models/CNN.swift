extension ModelDefinition {
    /// `cnn`, the default: small and quick; 121,930 parameters.
    public static let cnn = ModelDefinition(
        name: "cnn", input: .mnist,
        layers: [
            .convolution(filters: 32, kernel: 3, padding: .valid), .relu, .maxPooling,
            .convolution(filters: 64, kernel: 3, padding: .valid), .relu, .maxPooling,
            .dense(units: 64), .relu, .dropout(rate: nil),
            .dense(units: 10),
        ])
}
