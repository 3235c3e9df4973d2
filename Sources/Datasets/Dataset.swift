public import Learning
public import Parameters

/// A data set: examples to train with and examples to test with, and where they came from.
public struct Dataset: Sendable {
    /// `mnist` only when the bytes are MNIST's.
    public let kind: DatasetKind
    public let provenance: Provenance
    public let train: ExampleSet
    public let test: ExampleSet
    /// SHA-256 over the four IDX files, not compressed, one after the other in the order of ``DatasetFile/mnist``:
    /// the same wherever the data came from and however they were compressed.
    public let digest: ContentDigest

    /// The digest of MNIST: of the files that have the MD5s of ``DatasetFile/mnist``, in hexadecimal.
    public static let mnistDigest = "b2d8f5bf39174ee5ffeefa97e42d673c35432b411bb5d1f74fbbeddae7f1690a"
}
