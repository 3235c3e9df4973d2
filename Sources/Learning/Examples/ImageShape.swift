/// The shape of one example: `[channels, height, width]`.
public struct ImageShape: Sendable, Hashable, BitwiseCopyable {
    public let channels: Int
    public let height: Int
    public let width: Int

    public init(channels: Int, height: Int, width: Int) {
        self.channels = channels
        self.height = height
        self.width = width
    }

    /// The number of values in one example.
    public var count: Int { channels * height * width }

    /// Such as `28 × 28 pixels`, or `3 × 32 × 32 values`.
    public var text: String {
        channels == 1 ? "\(height) × \(width) pixels" : "\(channels) × \(height) × \(width) values"
    }

    /// A digit of MNIST: `[1, 28, 28]`.
    public static let mnist = ImageShape(channels: 1, height: 28, width: 28)
}
