/// A copy of some examples that may be changed, for example with other labels or a pattern in the images.
public struct EditableExamples: Sendable, Equatable {
    /// The shape of one image, `[C, H, W]`.
    public let shape: ImageShape
    /// The number of classes of those that were copied.
    public let classes: Int
    /// All images one after the other, `[N, C, H, W]`.
    public var images: [UInt8]
    /// All labels, `[N]`.
    public var labels: [UInt8]

    /// - Parameter indices: which examples, in this order.
    public init(_ examples: ExampleSet, at indices: some Collection<Int32>) {
        shape = examples.shape
        classes = examples.classes
        labels = indices.map { examples.labels[Int($0)] }
        let size = shape.count
        images = examples.images.withUnsafeBytes { bytes in
            [UInt8](unsafeUninitializedCapacity: indices.count * size) { buffer, count in
                for (place, index) in indices.enumerated() {
                    let image = UnsafeRawBufferPointer(rebasing: bytes[Int(index) * size..<(Int(index) + 1) * size])
                    UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[(place * size)...])
                        .copyMemory(from: image)
                }
                count = indices.count * size
            }
        }
    }

    public var count: Int { labels.count }

    /// Leaves those from `count` on out.
    public mutating func keepFirst(_ count: Int) {
        guard count < self.count else { return }
        labels.removeLast(self.count - count)
        images.removeLast(images.count - count * shape.count)
    }
}

extension ExampleSet {
    /// What has become of them; of more classes, if labels have come that there were not before.
    ///
    /// - Precondition: as many images as labels.
    public init(_ examples: EditableExamples) {
        let highest = examples.labels.max().map { Int($0) + 1 } ?? 0
        self.init(
            shape: examples.shape, classes: max(examples.classes, highest), images: examples.images,
            labels: examples.labels)
    }
}
