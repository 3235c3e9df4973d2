import Federation
import Parameters
import Randomness
import Testing

struct WeightedSumTests {
    private struct Update {
        let parameters: ParameterVector
        let examples: Int
    }

    private func layout(_ count: Int) -> ParameterLayout {
        ParameterLayout([("values", [count])])
    }

    private func vector(_ values: [Float]) -> ParameterVector {
        ParameterVector(layout: layout(values.count), values: values)
    }

    private func stream(_ seed: UInt64) -> RandomStream {
        RandomStream(seed: seed, purpose: .jitter)
    }

    /// A number of either sign whose exponent is one of `exponents`, all of them equally likely.
    private func number(_ exponents: ClosedRange<Int>, _ stream: inout RandomStream) -> Float {
        let exponent = exponents.lowerBound + stream.below(exponents.count)
        let magnitude = Float(sign: .plus, exponent: exponent, significand: 1 + stream.uniformFloat())
        return stream.below(2) == 0 ? magnitude : -magnitude
    }

    /// Updates whose examples sum to at most `population`.
    private func updates(
        _ count: Int, of size: Int, exponents: ClosedRange<Int>, population: Int, _ stream: inout RandomStream
    ) -> [Update] {
        (0..<count).map { _ in
            let values = (0..<size).map { _ in number(exponents, &stream) }
            return Update(parameters: vector(values), examples: 1 + stream.below(population / count))
        }
    }

    private func mean(_ updates: [Update], population: Int) throws -> ParameterVector {
        let layout = try #require(updates.first).parameters.layout
        var sum = WeightedSum(layout: layout, population: population)
        for update in updates { try sum.add(update.parameters, examples: update.examples) }
        return sum.mean()
    }

    // MARK: What it computes

    @Test("The mean is weighted by the examples")
    func plain() throws {
        var sum = WeightedSum(layout: layout(3), population: 8)
        try sum.add(vector([0, 4, -1]), examples: 1)
        try sum.add(vector([4, 8, 0.5]), examples: 3)
        #expect(sum.mean().values == [3, 7, 0.125])
        #expect(sum.mean().layout == layout(3))
        #expect(sum.examples == 4 && sum.updates == 2)
    }

    @Test("Any order of arrival gives the same bits", arguments: 0..<40 as Range<UInt64>)
    func order(seed: UInt64) throws {
        var stream = stream(seed)
        let updates = updates(
            2 + stream.below(30), of: 50, exponents: -149...9, population: 60_000, &stream)
        let expected = try mean(updates, population: 60_000).digest
        #expect(try mean(updates.reversed(), population: 60_000).digest == expected)
        for _ in 0..<5 {
            var order = [Int32](0..<Int32(updates.count))
            stream.shuffle(&order)
            #expect(try mean(order.map { updates[Int($0)] }, population: 60_000).digest == expected)
        }
    }

    @Test("An update of n examples counts as much as n of one")
    func grouping() throws {
        var stream = stream(1)
        let values = vector((0..<100).map { _ in number(-40...9, &stream) })
        let other = vector((0..<100).map { _ in number(-40...9, &stream) })
        var once = WeightedSum(layout: layout(100), population: 1000)
        try once.add(values, examples: 17)
        try once.add(other, examples: 5)
        var often = WeightedSum(layout: layout(100), population: 1000)
        for _ in 0..<17 { try often.add(values, examples: 1) }
        for _ in 0..<5 { try often.add(other, examples: 1) }
        #expect(once.mean().digest == often.mean().digest)
    }

    /// Σ nₖ·wₖ / Σ nₖ in integers, in units of 2⁻⁶⁰; right to one unit for values that are multiples of it.
    private func exactMean(_ updates: [Update], at index: Int) -> Double {
        var sum: Int128 = 0
        var examples: Int128 = 0
        for update in updates {
            let units = Int128(exactly: Double(update.parameters.values[index]) * 0x1p60) ?? 0
            sum += units * Int128(update.examples)
            examples += Int128(update.examples)
        }
        return Double(sum / examples) * 0x1p-60
    }

    @Test(
        "Before it is rounded to Float32 the mean is within 2⁻⁽ᶠ⁺¹⁾ of the exact one",
        arguments: [1 << 10, 60_000, 1 << 20, 1 << 26, 1 << 32], 0..<10 as Range<UInt64>)
    func bound(population: Int, seed: UInt64) throws {
        var stream = stream(seed)
        let fraction = WeightedSum(layout: layout(1), population: population).fractionBits
        // Small enough that the rounding to Float32 is a small part of the bound: half an ulp is below 2⁻⁽ᶠ⁺³⁾.
        let small = updates(
            1 + stream.below(20), of: 200, exponents: -36...(21 - fraction), population: population, &stream)
        let limit = Double(sign: .plus, exponent: -(fraction + 1), significand: 1)
        let computed = try mean(small, population: population).values
        var largest = 0.0
        for index in computed.indices {
            let error = abs(Double(computed[index]) - exactMean(small, at: index))
            largest = max(largest, error)
            // 2⁻⁵⁰: what the reference and the division are off.
            #expect(error <= limit + Double(computed[index].ulp) / 2 + 0x1p-50)
        }
        // The bound is not so wide that anything would pass.
        #expect(largest > limit / 50)
    }

    @Test("Values of all magnitudes are summed to the last bit of Float32", arguments: 0..<10 as Range<UInt64>)
    func wide(seed: UInt64) throws {
        var stream = stream(seed)
        let updates = updates(
            1 + stream.below(20), of: 200, exponents: -36...9, population: 60_000, &stream)
        let computed = try mean(updates, population: 60_000).values
        for index in computed.indices {
            let error = abs(Double(computed[index]) - exactMean(updates, at: index))
            // 2⁻⁴²: two roundings to Double of a number below 2¹⁰.
            #expect(error <= 0x1p-37 + Double(computed[index].ulp) / 2 + 0x1p-42)
        }
    }

    @Test("Large values that cancel leave what is small", arguments: [60_000, 1 << 32])
    func cancellation(population: Int) throws {
        var sum = WeightedSum(layout: layout(2), population: population)
        let large = WeightedSum.limit.nextDown
        try sum.add(vector([large, -large]), examples: population / 2 - 1)
        try sum.add(vector([0x1p-20, -0x1p-19]), examples: 2)
        try sum.add(vector([-large, large]), examples: population / 2 - 1)
        let share = 2 / Float(population)
        #expect(sum.mean().values == [0x1p-20 * share, -0x1p-19 * share])
    }

    // MARK: Its range

    @Test(
        "The population decides how many bits stand after the point",
        arguments: [
            (1, 36), (2, 36), (60_000, 36), (65_536, 36), (65_537, 35), (131_072, 35), (1 << 20, 32),
            ((1 << 20) + 1, 31), (1 << 32, 20),
        ])
    func fractionBits(population: Int, bits: Int) {
        #expect(WeightedSum(layout: layout(1), population: population).fractionBits == bits)
    }

    @Test(
        "The greatest values with all the examples there are do not overflow",
        arguments: [1, 2, 3, 1000, 60_000, 65_535, 65_536, 65_537, 1 << 20, (1 << 31) + 1, (1 << 32) - 1, 1 << 32])
    func extremes(population: Int) throws {
        let large = WeightedSum.limit.nextDown
        let values = vector([large, -large, 0, 1])
        var sum = WeightedSum(layout: layout(4), population: population)
        try sum.add(values, examples: population)
        #expect(sum.mean() == values)
        sum.reset()
        var left = population
        while left > 0 {
            let part = (left + 1) / 2
            try sum.add(values, examples: part)
            left -= part
        }
        #expect(sum.mean() == values)
        #expect(sum.examples == population)
    }

    @Test("Equal updates give themselves, if they are multiples of 2⁻ᶠ")
    func equal() throws {
        var stream = stream(4)
        let values = vector((0..<1000).map { _ in number(-13...9, &stream) })
        var sum = WeightedSum(layout: layout(1000), population: 60_000)
        for examples in [600, 1, 59, 7919] { try sum.add(values, examples: examples) }
        #expect(sum.mean().digest == values.digest)
    }

    @Test("What is smaller than half a unit becomes zero, whatever its sign")
    func tiny() throws {
        let values: [Float] = [
            0, -0.0, .leastNonzeroMagnitude, -.leastNonzeroMagnitude, .leastNormalMagnitude, 0x1p-38, -0x1p-38,
        ]
        var sum = WeightedSum(layout: layout(values.count), population: 100)
        try sum.add(vector(values), examples: 100)
        #expect(sum.mean().values.map(\.bitPattern) == values.map { _ in 0 })
    }

    // MARK: What it refuses

    @Test(
        "A value that is not finite or too large is refused, and the sum stays as it was",
        arguments: [
            Float.infinity.bitPattern, (-Float.infinity).bitPattern, Float.nan.bitPattern, (-Float.nan).bitPattern,
            Float.signalingNaN.bitPattern, 0x7F80_0001, 0xFFFF_FFFF, (1024 as Float).bitPattern,
            (-1024 as Float).bitPattern, Float.greatestFiniteMagnitude.bitPattern,
        ], [0, 1, 16, 36])
    func outOfRange(pattern: UInt32, index: Int) throws {
        let good = vector((0..<37).map { Float($0) / 16 - 1 })
        var sum = WeightedSum(layout: layout(37), population: 100)
        try sum.add(good, examples: 10)
        var bad = good
        bad.withMutableValues { $0[index] = Float(bitPattern: pattern) }
        let error = #expect(throws: AggregationError.self) { try sum.add(bad, examples: 10) }
        guard case .outOfRange(let value) = error else {
            Issue.record("refused for another reason: \(String(describing: error))")
            return
        }
        #expect(value.isNaN == Float(bitPattern: pattern).isNaN)
        #expect(value.isNaN || value.bitPattern == pattern)
        #expect(sum.mean() == good)
        #expect(sum.examples == 10 && sum.updates == 1)
        try sum.add(good, examples: 90)
        #expect(sum.mean() == good)
    }

    @Test("The greatest value below the limit is taken")
    func limit() throws {
        var sum = WeightedSum(layout: layout(2), population: 1)
        try sum.add(vector([WeightedSum.limit.nextDown, -WeightedSum.limit.nextDown]), examples: 1)
        #expect(sum.mean().values == [WeightedSum.limit.nextDown, -WeightedSum.limit.nextDown])
    }

    @Test("An impossible number of examples is refused", arguments: [0, -1, .min, 101, 1 << 33, .max])
    func impossibleCount(count: Int) throws {
        var sum = WeightedSum(layout: layout(1), population: 100)
        #expect(throws: AggregationError.impossibleCount(count)) { try sum.add(vector([1]), examples: count) }
        #expect(sum.examples == 0 && sum.updates == 0)
        try sum.add(vector([1]), examples: 100)
        #expect(sum.mean().values == [1])
    }

    @Test("Updates together cannot have more examples than the population")
    func population() throws {
        var sum = WeightedSum(layout: layout(1), population: 100)
        try sum.add(vector([1]), examples: 60)
        #expect(throws: AggregationError.impossibleCount(41)) { try sum.add(vector([2]), examples: 41) }
        #expect(sum.mean().values == [1])
        try sum.add(vector([2]), examples: 40)
        #expect(throws: AggregationError.impossibleCount(1)) { try sum.add(vector([2]), examples: 1) }
        #expect(sum.examples == 100 && sum.updates == 2)
    }

    @Test("Another layout is refused, even one with as many values")
    func wrongLayout() {
        var sum = WeightedSum(layout: layout(4), population: 100)
        for shape in [[2, 2], [3], [5]] {
            let other = ParameterVector(zerosFor: ParameterLayout([("values", shape)]))
            #expect(throws: AggregationError.wrongLayout) { try sum.add(other, examples: 1) }
        }
        #expect(sum.updates == 0)
    }

    @Test("After a reset it is as new")
    func reset() throws {
        var sum = WeightedSum(layout: layout(2), population: 10)
        try sum.add(vector([5, -3]), examples: 10)
        sum.reset()
        #expect(sum.examples == 0 && sum.updates == 0)
        try sum.add(vector([1, 2]), examples: 10)
        #expect(sum.mean().values == [1, 2])
        #expect(sum.examples == 10 && sum.updates == 1)
    }

    @Test("What is refused is explained")
    func descriptions() {
        #expect("\(AggregationError.wrongLayout)" == "the update's tensors are not the model's")
        #expect(
            "\(AggregationError.outOfRange(.infinity))"
                == "the update holds inf; parameters must be finite and below 1024.0 in magnitude")
        #expect(
            "\(AggregationError.impossibleCount(0))" == "the update claims 0 examples, which is not a possible number")
    }
}
