extension ModelDefinition {
    /// `logistic`, multinomial logistic regression; 7,850 parameters.
    public static let logistic = ModelDefinition(
        name: "logistic", input: .mnist, layers: [.dense(units: 10)])
}
