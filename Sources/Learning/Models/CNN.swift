extension ModelArchitecture {
    /// `cnn`, the default: small and quick; 121,930 parameters for MNIST.
    public static let cnn = ModelArchitecture("cnn") { classes in
        [
            .convolution(filters: 32, kernel: 3, padding: .valid), .relu, .maxPooling,
            .convolution(filters: 64, kernel: 3, padding: .valid), .relu, .maxPooling,
            .dense(units: 64), .relu, .dropout(rate: nil),
            .dense(units: classes),
        ]
    }
}
