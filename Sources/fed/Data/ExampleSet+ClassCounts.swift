import Learning

extension ExampleSet {
    /// How many examples of each class there are.
    var classCounts: [Int] {
        var counts = [Int](repeating: 0, count: classes)
        for label in labels {
            counts[Int(label)] += 1
        }
        return counts
    }
}
