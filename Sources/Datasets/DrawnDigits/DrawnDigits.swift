public import Learning
import Randomness

/// Digits that the program draws itself, in MNIST's format, for where MNIST is not to be had: 28 × 28 pixels, ten
/// classes, written in several ways, each example with strokes, slant, turn, size, place, thickness and noise of its
/// own. They are not MNIST and easier; what is learnt on them is comparable with nothing else.
///
/// Example k of a split depends on k and the split alone. Only sums, products, quotients and square roots of floats
/// are used, which IEEE 754 defines exactly, so that the bytes are the same on every machine.
public enum DrawnDigits {
    public enum Split: UInt32, Sendable {
        case train = 0
        case test = 1
    }

    /// The seed of all drawn digits: they are one data set, whatever the seed of a run.
    static let seed: UInt64 = 0x6469_6769_7473

    private static let chunk = 500

    /// The first `count` digits of a split.
    ///
    /// - Parameter progress: is told how many are drawn, from any thread.
    /// - Throws: `CancellationError`.
    public static func draw(
        _ count: Int, split: Split, progress: @escaping @Sendable (Int) -> Void = { _ in }
    ) async throws -> ExampleSet {
        let shape = ImageShape.mnist
        var labels = [UInt8](repeating: 0, count: count)
        var images = [UInt8](repeating: 0, count: count * shape.count)
        var drawn = 0
        // Chunks are small, so that drawing leaves room for other tasks.
        try await withThrowingTaskGroup(of: (start: Int, labels: [UInt8], images: [UInt8]).self) { group in
            for start in stride(from: 0, to: count, by: chunk) {
                group.addTask {
                    try Task.checkCancellation()
                    var pen = DigitPen()
                    var labels: [UInt8] = []
                    var images: [UInt8] = []
                    images.reserveCapacity(chunk * shape.count)
                    for example in start..<min(start + chunk, count) {
                        var stream = RandomStream(
                            seed: seed, purpose: .digits, round: split.rawValue, client: UInt32(example))
                        labels.append(pen.draw(&stream, onto: &images))
                    }
                    return (start, labels, images)
                }
            }
            for try await piece in group {
                labels.replaceSubrange(piece.start..<piece.start + piece.labels.count, with: piece.labels)
                let start = piece.start * shape.count
                images.replaceSubrange(start..<start + piece.images.count, with: piece.images)
                drawn += piece.labels.count
                progress(drawn)
            }
        }
        return ExampleSet(shape: shape, classes: 10, images: images, labels: labels)
    }
}
