/// What carried the messages of a run; they, and the models, are the same with each. The raw value stands in the record.
public enum RunTransport: String, Sendable, Hashable, Codable, CaseIterable {
    /// A coordinator and its workers, over TCP.
    case tcp
    /// Coordinator and clients were one process.
    case inProcess = "in-process"
}
