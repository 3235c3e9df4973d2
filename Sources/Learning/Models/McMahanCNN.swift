extension ModelArchitecture {
    /// `mcmahan-cnn`, the convolutional network of McMahan et al. 2017 ("Communication-Efficient Learning of Deep
    /// Networks from Decentralized Data", section 3); 1,663,370 parameters for MNIST.
    public static let mcmahanCNN = ModelArchitecture("mcmahan-cnn") { classes in
        [
            .convolution(filters: 32, kernel: 5, padding: .same), .relu, .maxPooling,
            .convolution(filters: 64, kernel: 5, padding: .same), .relu, .maxPooling,
            .dense(units: 512), .relu, .dropout(rate: nil),
            .dense(units: classes),
        ]
    }
}
