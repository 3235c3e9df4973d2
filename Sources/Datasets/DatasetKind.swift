/// Which data a run uses.
public enum DatasetKind: String, Sendable, Codable, CaseIterable {
    /// MNIST, by its checksums.
    case mnist
    /// Digits that the program draws itself (``DrawnDigits``).
    case digits
    /// IDX files of the user's own: another data set in MNIST's format, or a client's own examples.
    case folder
}
