public import Learning

extension ExampleSet {
    /// The examples at these indices, as a set of their own, in this order.
    ///
    /// - Precondition: every index is in 0 ..< `count`.
    public func selection(_ indices: [Int32]) -> ExampleSet {
        var selected: [UInt8] = []
        selected.reserveCapacity(indices.count * shape.count)
        for index in indices {
            selected += images[Int(index) * shape.count..<(Int(index) + 1) * shape.count]
        }
        return ExampleSet(
            shape: shape, classes: classes, images: selected, labels: indices.map { labels[Int($0)] })
    }
}
