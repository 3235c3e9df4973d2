extension ModelArchitecture {
    /// `mlp-2nn`, the multilayer perceptron with two hidden layers of McMahan et al. 2017, section 3; 199,210
    /// parameters for MNIST.
    public static let mlp2NN = ModelArchitecture("mlp-2nn") { classes in
        [
            .dense(units: 200), .relu, .dropout(rate: nil),
            .dense(units: 200), .relu, .dropout(rate: nil),
            .dense(units: classes),
        ]
    }
}
