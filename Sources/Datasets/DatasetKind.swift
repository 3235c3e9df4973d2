/// Where the examples of a run come from.
public enum DatasetKind: String, Sendable, Codable, CaseIterable {
    /// The MNIST files.
    case mnist
    /// Digits that the program draws itself.
    case digits
    /// A folder of IDX files.
    case folder
}
