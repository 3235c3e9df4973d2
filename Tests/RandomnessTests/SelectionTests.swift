import Randomness
import TestSupport
import Testing

/// Orders and samples.
struct SelectionTests {
    private func stream(_ seed: UInt64 = 2) -> RandomStream {
        RandomStream(seed: seed, purpose: .shuffling, round: 1, client: 3)
    }

    @Test("A shuffle keeps every element", arguments: [0, 1, 2, 3, 10, 1000])
    func permutation(count: Int) {
        var stream = stream()
        let sorted = (0..<Int32(count)).map { $0 * 3 - 7 }
        for _ in 0..<20 {
            var elements = sorted
            stream.shuffle(&elements)
            #expect(elements.sorted() == sorted)
            #expect(count < 10 || elements != sorted)
        }
    }

    @Test("Each order is about equally likely", arguments: [2, 3, 4, 5])
    func orders(count: Int) {
        var stream = stream()
        var counts: [[Int32]: Int] = [:]
        let factorial = (1...count).reduce(1, *)
        for _ in 0..<(1000 * factorial) {
            var elements = [Int32](0..<Int32(count))
            stream.shuffle(&elements)
            counts[elements, default: 0] += 1
        }
        #expect(counts.count == factorial)
        #expect(ChiSquare.looksUniform(Array(counts.values)))
    }

    @Test("A part of an array is shuffled as an array of its own would be, and the rest is left alone")
    func span() {
        var elements = [Int32](0..<30)
        var alone = [Int32](10..<20)
        var first = stream()
        var second = stream()
        elements.withUnsafeMutableBufferPointer { elements in
            var part = UnsafeMutableBufferPointer(rebasing: elements[10..<20]).mutableSpan
            first.shuffle(&part)
        }
        second.shuffle(&alone)
        #expect(elements == [Int32](0..<10) + alone + [Int32](20..<30))
    }

    @Test(
        "A sample is ascending, distinct and below its bound",
        arguments: [(0, 0), (0, 5), (1, 1), (1, 100), (5, 5), (10, 100), (99, 100), (1000, 60_000)])
    func samples(count: Int, bound: Int) {
        var stream = stream()
        for _ in 0..<20 {
            let sample = stream.sample(count, below: bound)
            #expect(sample.count == count)
            #expect(zip(sample, sample.dropFirst()).allSatisfy { $0 < $1 })
            #expect(sample.allSatisfy { (0..<bound).contains($0) })
        }
    }

    @Test("Each element is equally likely to be in a sample", arguments: [(1, 10), (3, 10), (9, 10), (10, 100)])
    func elements(count: Int, bound: Int) {
        var stream = stream()
        let samples = 20_000
        var counts = [Int](repeating: 0, count: bound)
        for _ in 0..<samples {
            for element in stream.sample(count, below: bound) { counts[element] += 1 }
        }
        // Drawn without replacement, the counts vary less than independent ones: by 1 − count/bound, over all elements
        // but one.
        let share = Double(count) / Double(bound)
        let expected = Double(samples) * share
        let statistic = ChiSquare.statistic(counts, expected: counts.map { _ in expected })
        let scaled = statistic / (1 - share) * Double(bound - 1) / Double(bound)
        #expect(scaled < ChiSquare.criticalValue(degreesOfFreedom: bound - 1))
    }

    @Test("Each set is equally likely to be the sample")
    func sets() {
        var stream = stream()
        var counts: [[Int]: Int] = [:]
        for _ in 0..<20_000 { counts[stream.sample(3, below: 6), default: 0] += 1 }
        #expect(counts.count == 20)
        #expect(ChiSquare.looksUniform(Array(counts.values)))
    }

    // From implementations of the papers in Python.
    @Test("A shuffle and a sample stay what they are")
    func golden() {
        var source = stream()
        var elements = [Int32](0..<12)
        source.shuffle(&elements)
        #expect(elements == [8, 7, 6, 10, 2, 3, 11, 4, 9, 5, 0, 1])
        source = stream()
        #expect(source.sample(10, below: 100) == [6, 10, 18, 19, 41, 51, 53, 55, 62, 99])
        #expect(source.nextWord() == 0xB548_76D8)
    }
}
