internal import Randomness

/// How a learning rate changes from round to round: a factor that it is multiplied by. It is a function of the round alone,
/// so that a run that is resumed or replayed goes on with it.
public struct LearningRateSchedule: Sendable, Hashable {
    public enum Shape: Sendable, Hashable {
        /// Always 1.
        case constant
        /// `factor` to the power of ⌊(t − 1) / every⌋ in round t.
        case step(every: Int, factor: Double)
        /// `factor` to the power of t − 1 in round t.
        case exponential(factor: Double)
        /// From 1 in the first round down to `least` in the last, along half a cosine (Loshchilov and Hutter 2017, "SGDR",
        /// Equation 5, without restarts).
        case cosine(least: Double)
    }

    public var shape: Shape
    /// In so many first rounds the factor grows linearly to the shape's: t / warmUpRounds of it in round t (Goyal et al. 2017,
    /// Section 2.2); 0: none.
    public var warmUpRounds: Int

    public init(_ shape: Shape = .constant, warmUpRounds: Int = 0) {
        self.shape = shape
        self.warmUpRounds = warmUpRounds
    }

    /// Always 1.
    public static let constant = LearningRateSchedule()

    /// What the learning rate is multiplied by in a round, from 1.
    ///
    /// - Parameter rounds: of the run, at least 1.
    public func factor(in round: UInt32, of rounds: Int) -> Double {
        let done = Int(round) - 1
        let warmUp = Int(round) < warmUpRounds ? Double(round) / Double(warmUpRounds) : 1
        return warmUp
            * {
                switch shape {
                case .constant: 1
                case .step(let every, let factor): power(factor, done / every)
                case .exponential(let factor): power(factor, done)
                case .cosine(let least):
                    least + (1 - least) * (1 + PortableMath.cosPi(Double(done) / Double(max(1, rounds - 1)))) / 2
                }
            }()
    }

    /// By multiplication alone, so that it is the same everywhere.
    private func power(_ base: Double, _ exponent: Int) -> Double {
        var (result, base, exponent) = (1.0, base, exponent)
        while exponent > 0 {
            if exponent & 1 == 1 { result *= base }
            base *= base
            exponent >>= 1
        }
        return result
    }
}
