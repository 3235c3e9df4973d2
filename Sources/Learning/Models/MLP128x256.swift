extension ModelArchitecture {
    /// `mlp-128-256`, a multilayer perceptron with hidden layers of 128 and 256 units; 136,074 parameters for MNIST.
    public static let mlp128x256 = ModelArchitecture("mlp-128-256") { classes in
        [
            .dense(units: 128), .relu, .dropout(rate: nil),
            .dense(units: 256), .relu, .dropout(rate: nil),
            .dense(units: classes),
        ]
    }
}
