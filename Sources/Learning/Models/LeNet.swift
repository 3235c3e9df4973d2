extension ModelArchitecture {
    /// `lenet`, the convolutional network of NIID-Bench (Li et al. 2022, "Federated Learning on Non-IID Data Silos: An
    /// Experimental Study", section 5), after LeNet-5; 44,426 parameters for MNIST.
    public static let lenet = ModelArchitecture("lenet") { classes in
        [
            .convolution(filters: 6, kernel: 5, padding: .valid), .relu, .maxPooling,
            .convolution(filters: 16, kernel: 5, padding: .valid), .relu, .maxPooling,
            .dense(units: 120), .relu,
            .dense(units: 84), .relu,
            .dense(units: classes),
        ]
    }
}
