/// The models that a scenario can name.
enum ModelNames {
    static let all = ["cnn", "mcmahan-cnn", "mlp-2nn", "logistic"]
}
