/// Labelled images, as bytes, unchangeable and shared by all who read them: a shard is a list of indices into one.
///
/// A byte b stands for the value b/255; ``Trainer`` converts while it gathers a batch.
public struct ExampleSet: Sendable {
    /// The shape of one image, `[C, H, W]`.
    public let shape: ImageShape
    /// The number of classes; labels are 0 ..< `classes`.
    public let classes: Int
    /// All images one after the other, `[N, C, H, W]`.
    public let images: Bytes
    /// All labels, `[N]`.
    public let labels: [UInt8]

    /// - Precondition: as many images as labels, and every label below `classes`. Whoever reads files or bytes from
    ///   a peer checks this first and answers with an error.
    public init(shape: ImageShape, classes: Int, images: Bytes, labels: [UInt8]) {
        precondition(images.count == labels.count * shape.count)
        precondition(labels.allSatisfy { Int($0) < classes })
        self.shape = shape
        self.classes = classes
        self.images = images
        self.labels = labels
    }

    /// The same with images that lie in an array; they are copied.
    public init(shape: ImageShape, classes: Int, images: [UInt8], labels: [UInt8]) {
        self.init(shape: shape, classes: classes, images: Bytes(images), labels: labels)
    }

    /// The number of examples.
    public var count: Int { labels.count }
}
