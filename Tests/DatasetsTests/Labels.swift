import Randomness

/// Labels for tests that deal them.
enum Labels {
    /// As many of each class as MNIST has, in some order.
    static let mnist: [UInt8] = {
        let counts = [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]
        let sorted = counts.enumerated().flatMap { [UInt8](repeating: UInt8($0.offset), count: $0.element) }
        var order = (0..<Int32(sorted.count)).map { $0 }
        var stream = RandomStream(seed: 1998, purpose: .shuffling)
        stream.shuffle(&order)
        return order.map { sorted[Int($0)] }
    }()

    /// Ten classes, some twice as frequent as others.
    static func uneven(_ count: Int, seed: UInt64) -> [UInt8] {
        var stream = RandomStream(seed: seed, purpose: .shuffling)
        return (0..<count).map { _ in UInt8(stream.below(15) % 10) }
    }
}
