public import Diagnostics
public import Learning
public import Parameters

/// A client's own examples, from a folder with `train-images-idx3-ubyte` and `train-labels-idx1-ubyte`, compressed
/// (`.gz`) or not. Nobody else need have them.
public struct LocalShard: Sendable {
    public let examples: ExampleSet
    /// SHA-256 over the two files, not compressed, images first.
    public let digest: ContentDigest

    /// The shard that holds these examples.
    ///
    /// - Precondition: there is at least one, of one channel.
    public init(_ examples: ExampleSet) {
        self.examples = examples
        digest = IDXFile.digest(of: [examples.imagesFile, examples.labelsFile])
    }

    /// Reads the two files.
    ///
    /// - Throws: a ``Problem`` of kind `noInput` when they are not there, `data` when they are not what they should be.
    public static func load(folder path: String) async throws -> LocalShard {
        try await BlockingWork.run {
            let folder = DatasetFolder(path)
            let names = [imagesName, labelsName]
            guard let images = folder.find(names[0]), let labels = folder.find(names[1]) else {
                throw folder.missing(names.filter { folder.find($0) == nil })
            }
            return LocalShard(
                try ExampleSet(
                    images: IDXFile.read(path: images, dimensions: 3),
                    labels: IDXFile.read(path: labels, dimensions: 1),
                    paths: (images, labels)))
        }
    }

    /// The same examples as those of a data set of so many classes, of which the shard need not have all.
    ///
    /// - Throws: a ``Problem`` of kind `data` when a label is none of them.
    public func of(classes: Int) throws(Problem) -> LocalShard {
        guard examples.classes <= classes else {
            throw Problem(
                .data,
                "the client's examples have labels up to \(examples.classes - 1), the run's are below \(classes)",
                remedy: "Use the labels of the run's data set.")
        }
        return LocalShard(
            examples: ExampleSet(
                shape: examples.shape, classes: classes, images: examples.images, labels: examples.labels),
            digest: digest)
    }

    private init(examples: ExampleSet, digest: ContentDigest) {
        self.examples = examples
        self.digest = digest
    }

    static let imagesName = DatasetFile.mnist[0].name
    static let labelsName = DatasetFile.mnist[1].name
}
