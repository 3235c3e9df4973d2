extension ModelArchitecture {
    /// `logistic`, multinomial logistic regression; 7,850 parameters for MNIST.
    public static let logistic = ModelArchitecture("logistic") { classes in
        [.dense(units: classes)]
    }
}
