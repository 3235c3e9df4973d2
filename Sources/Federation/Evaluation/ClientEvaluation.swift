/// How clients evaluate models on examples of their own.
public struct ClientEvaluation: Sendable, Hashable {
    /// The part of its examples that each client holds out from its training, from 0 to below 1; with 0 clients evaluate
    /// nothing.
    public var holdout: Double
    /// How many epochs the round's model is trained on the client's other examples before it is evaluated as the client's own
    /// (Yu, Bagdasaryan and Shmatikov 2020, "Salvaging Federated Learning by Local Adaptation", Section 3); 0 for not at all.
    public var fineTuneEpochs: Int

    public init(holdout: Double = 0, fineTuneEpochs: Int = 0) {
        self.holdout = holdout
        self.fineTuneEpochs = fineTuneEpochs
    }

    /// Clients evaluate nothing.
    public static let none = ClientEvaluation()

    /// The most epochs of fine-tuning.
    public static let mostFineTuneEpochs = 1000

    /// Whether clients evaluate at all.
    public var isOn: Bool { holdout > 0 }
}
