import Learning
import Randomness

/// Memory for a layer under test.
final class Values {
    private let buffer: AlignedBuffer<Float>

    init(_ count: Int) {
        buffer = AlignedBuffer(count: count, repeating: 0)
    }

    /// Uniform in [−1, 1), different for each `stream`.
    convenience init(random count: Int, stream: UInt32) {
        self.init(count)
        var random = RandomStream(seed: 7, purpose: .initialisation, client: stream)
        for index in 0..<count {
            self[index] = 2 * random.uniformFloat() - 1
        }
    }

    /// The multiples of 0.1 around, never 0, each once: no two are nearer than 0.1 to each other or to 0.
    convenience init(spread count: Int, stream: UInt32) {
        self.init(count)
        var random = RandomStream(seed: 7, purpose: .shuffling, client: stream)
        var order = (0..<Int32(count)).map { $0 }
        random.shuffle(&order)
        for index in 0..<count {
            self[index] = 0.1 * (Float(order[index]) - Float(count / 2) + 0.5)
        }
    }

    var start: UnsafeMutablePointer<Float> { buffer.start }
    var count: Int { buffer.count }
    var array: [Float] { (0..<count).map { self[$0] } }

    subscript(index: Int) -> Float {
        get { buffer.start[index] }
        set { buffer.start[index] = newValue }
    }

    /// Σ self · other.
    func dot(_ other: Values) -> Double {
        (0..<count).reduce(0) { $0 + Double(self[$1]) * Double(other[$1]) }
    }
}
