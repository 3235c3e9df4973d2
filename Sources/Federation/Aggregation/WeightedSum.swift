public import Parameters

/// Σ nₖ·wₖ over the updates of a round, exact whatever their order, in the memory of one model.
///
/// Floating-point addition is not associative, so a sum in the order of arrival differs from run to run. Here each value
/// is rounded once to a multiple of 2⁻ᶠ and everything after that is integer arithmetic: the sum is the same for every
/// order of arrival, number of threads and grouping into workers.
///
/// F is fixed for a run: 63 bits less one for headroom, less those that the population's examples need, less ten for the
/// integer part of a parameter. With MNIST's 60,000 examples F = 36; the mean then differs from the exact one by at
/// most 2⁻³⁷ (7·10⁻¹²), before it is rounded to Float32.
public struct WeightedSum: Sendable {
    /// Parameters must be smaller than this in magnitude.
    public static let limit: Float = 1024
    /// All clients together may hold so many examples.
    public static let largestPopulation = 1 << 32

    public let layout: ParameterLayout
    /// F, the number of fractional bits.
    public let fractionBits: Int
    private let population: Int
    private var sums: [Int64]
    /// Σ nₖ so far.
    public private(set) var examples = 0
    /// The number of updates so far.
    public private(set) var updates = 0

    /// - Parameter population: the number of examples that all clients together hold; 1 … ``largestPopulation``.
    public init(layout: ParameterLayout, population: Int) {
        precondition(population > 0 && population <= Self.largestPopulation)
        self.layout = layout
        self.population = population
        // The bits that hold `population` as a count: 2^bits ≥ population.
        let countBits = Int.bitWidth - (population - 1).leadingZeroBitCount
        // Up to 36 bits after the point keep a rounded value below 2⁵¹, which the rounding in `add` relies on.
        fractionBits = min(36, 62 - 10 - countBits)
        sums = [Int64](repeating: 0, count: layout.count)
    }

    /// Checks that the parameters can be added.
    ///
    /// - Throws: ``AggregationError`` when a value is not finite or too large, or the count is not possible.
    public func check(_ parameters: ParameterVector, examples: Int) throws(AggregationError) {
        guard parameters.layout == layout else { throw .wrongLayout }
        guard examples > 0, examples <= population - self.examples else { throw .impossibleCount(examples) }
        if let value = Self.firstOutOfRange(parameters) { throw .outOfRange(value) }
    }

    /// Adds `examples` times the parameters.
    ///
    /// - Throws: what ``check(_:examples:)`` throws; the sum is then as it was.
    public mutating func add(_ parameters: ParameterVector, examples: Int) throws(AggregationError) {
        try check(parameters, examples: examples)
        add(checked: parameters, examples: examples)
    }

    /// Adds `examples` times the parameters.
    ///
    /// - Precondition: ``check(_:examples:)`` found nothing, and nothing has been added since.
    public mutating func add(checked parameters: ParameterVector, examples: Int) {
        precondition(parameters.layout.count == layout.count && examples <= population - self.examples)
        // Adding 1.5·2⁵² to a number below 2⁵¹ leaves its nearest integer (ties to even) in the low bits of the sum:
        // a conversion that vectorises on every x86-64, unlike cvtsd2si.
        let magic = 0x1.8p52
        let scale = Double(sign: .plus, exponent: fractionBits, significand: 1)
        let weight = Int64(examples)
        parameters.withValues { values in
            sums.withUnsafeMutableBufferPointer { sums in
                for index in 0..<sums.count {
                    let shifted = Double(values[index]) * scale + magic
                    let integer = Int64(bitPattern: shifted.bitPattern) &- Int64(bitPattern: magic.bitPattern)
                    // |integer| ≤ 2^(10+F), and the weights of a round sum to at most 2^countBits: below 2⁶².
                    sums[index] &+= integer &* weight
                }
            }
        }
        self.examples += examples
        updates += 1
    }

    /// Σ nₖ·wₖ / Σ nₖ, divided in Double and rounded to Float32.
    ///
    /// - Precondition: something has been added.
    public func mean() -> ParameterVector {
        precondition(examples > 0)
        let divisor = Double(sign: .plus, exponent: fractionBits, significand: 1) * Double(examples)
        var mean = ParameterVector(zerosFor: layout)
        mean.withMutableValues { values in
            sums.withUnsafeBufferPointer { sums in
                for index in 0..<sums.count {
                    values[index] = Float(Double(sums[index]) / divisor)
                }
            }
        }
        return mean
    }

    /// Empties the sum for the next round.
    public mutating func reset() {
        sums.withUnsafeMutableBufferPointer { $0.update(repeating: 0) }
        examples = 0
        updates = 0
    }

    /// The first value that is not finite, or not below ``limit`` in magnitude.
    static func firstOutOfRange(_ parameters: ParameterVector) -> Float? {
        // As integers, magnitudes of floats compare like the floats, and infinities and NaNs are the largest.
        let bound = limit.bitPattern
        return parameters.withValues { values in
            var largest: UInt32 = 0
            for value in values {
                largest = max(largest, value.bitPattern & 0x7FFF_FFFF)
            }
            guard largest >= bound else { return nil }
            return values.first { $0.bitPattern & 0x7FFF_FFFF >= bound }
        }
    }
}

/// Why an update cannot be part of a sum.
public enum AggregationError: Error, Hashable {
    case wrongLayout
    /// The value is not finite, or not below ``WeightedSum/limit``.
    case outOfRange(Float)
    /// Not between 1 and what the population holds.
    case impossibleCount(Int)
    /// A number of the update is not finite.
    case notFinite(Double)
    /// What the client says of its held-out examples cannot be.
    case impossibleEvaluation(Double)
    /// The population has no such client.
    case unknownClient(ClientID)
}

extension AggregationError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .wrongLayout:
            "the update's tensors are not the model's"
        case .outOfRange(let value):
            "the update holds \(value); parameters must be finite and below \(WeightedSum.limit) in magnitude"
        case .impossibleCount(let count):
            "the update claims \(count) examples, which is not a possible number"
        case .notFinite(let number):
            "the update holds the number \(number), which is not finite"
        case .impossibleEvaluation(let number):
            "the update says \(number) of the client's held-out examples, which is not a possible number"
        case .unknownClient(let client):
            "the update is of client \(client), and there is no such client"
        }
    }
}
