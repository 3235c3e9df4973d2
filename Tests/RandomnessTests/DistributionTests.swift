import Randomness
import TestSupport
import Testing

/// The distributions against what they claim to be. Seeds are fixed, so each test gives the same verdict every time.
struct DistributionTests {
    private func stream(_ seed: UInt64 = 2) -> RandomStream {
        RandomStream(seed: seed, purpose: .shuffling, round: 1, client: 3)
    }

    private func draws(_ count: Int, seed: UInt64 = 2, _ draw: (inout RandomStream) -> Double) -> [Double] {
        var stream = stream(seed)
        return (0..<count).map { _ in draw(&stream) }
    }

    private func moments(_ draws: [Double]) -> (mean: Double, variance: Double, skewness: Double) {
        let count = Double(draws.count)
        let mean = draws.reduce(0, +) / count
        let second = draws.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count
        let third = draws.reduce(0) { $0 + ($1 - mean) * ($1 - mean) * ($1 - mean) } / count
        return (mean, second, third / (second * second.squareRoot()))
    }

    // MARK: Uniform

    @Test("uniform() lies in [0, 1) and is uniform")
    func uniform() {
        let draws = draws(100_000) { $0.uniform() }
        #expect(draws.allSatisfy { $0 >= 0 && $0 < 1 })
        #expect(KolmogorovSmirnov.statistic(draws) { $0 } < 1.95)
    }

    @Test("uniformFloat() lies in [0, 1), is uniform, and a multiple of 2⁻²⁴")
    func uniformFloat() {
        let draws = draws(100_000) { Double($0.uniformFloat()) }
        #expect(draws.allSatisfy { $0 >= 0 && $0 < 1 })
        #expect(draws.allSatisfy { ($0 * 0x1p24).rounded() == $0 * 0x1p24 })
        #expect(KolmogorovSmirnov.statistic(draws) { $0 } < 1.95)
    }

    // MARK: Below a bound

    @Test("below() keeps to its bound", arguments: [1, 2, 3, 10, 255, 256, 60_000, 1 << 31, (1 << 31) + 1, 1 << 32])
    func bounds(bound: Int) {
        var stream = stream()
        for _ in 0..<20_000 {
            let drawn = stream.below(bound)
            guard (0..<bound).contains(drawn) else {
                Issue.record("\(drawn) is not below \(bound)")
                return
            }
        }
    }

    @Test("below() reaches each number equally often", arguments: [2, 3, 6, 7, 10, 64, 100, 1000])
    func uniformBelow(bound: Int) {
        var stream = stream(UInt64(bound))
        var counts = [Int](repeating: 0, count: bound)
        for _ in 0..<200_000 { counts[stream.below(bound)] += 1 }
        #expect(ChiSquare.looksUniform(counts))
    }

    // Without the rejection step one number in three would come twice as often as the others.
    @Test("below() is unbiased for a bound that does not divide 2³²")
    func unbiased() {
        var stream = stream()
        var counts = [0, 0, 0]
        for _ in 0..<100_000 { counts[stream.below(3 << 30) % 3] += 1 }
        #expect(ChiSquare.looksUniform(counts))
    }

    @Test("below(2³²) hands out the words")
    func whole() {
        var words = stream()
        var numbers = stream()
        for _ in 0..<1000 { #expect(numbers.below(1 << 32) == Int(words.nextWord())) }
    }

    // MARK: Normal and gamma

    @Test("normal() is standard normal", arguments: [1, 2, 3] as [UInt64])
    func normal(seed: UInt64) {
        let draws = draws(200_000, seed: seed) { $0.normal() }
        #expect(draws.allSatisfy { $0.isFinite })
        let (mean, variance, skewness) = moments(draws)
        // Four standard errors of each.
        #expect(abs(mean) < 4 * (1 / 200_000.0).squareRoot())
        #expect(abs(variance - 1) < 4 * (2 / 200_000.0).squareRoot())
        #expect(abs(skewness) < 4 * (6 / 200_000.0).squareRoot())
        #expect(KolmogorovSmirnov.statistic(draws, cumulative: KolmogorovSmirnov.normal) < 1.95)
    }

    @Test("gamma() follows its distribution", arguments: [0.05, 0.3, 0.9, 1, 1.5, 2.5, 20, 500])
    func gamma(shape: Double) {
        let count = 50_000.0
        let draws = draws(Int(count)) { $0.gamma(shape: shape) }
        #expect(draws.allSatisfy { $0 >= 0 && $0.isFinite })
        let (mean, variance, _) = moments(draws)
        // Mean and variance are the shape; the fourth central moment is 3k² + 6k.
        #expect(abs(mean - shape) < 4 * (shape / count).squareRoot())
        #expect(abs(variance - shape) < 4 * ((2 * shape * shape + 6 * shape) / count).squareRoot())
        #expect(KolmogorovSmirnov.statistic(draws) { KolmogorovSmirnov.gamma(shape: shape, $0) } < 1.95)
    }

    @Test("The tests of distributions tell wrong ones from right ones")
    func power() {
        let normals = draws(20_000) { $0.normal() }
        #expect(KolmogorovSmirnov.statistic(normals.map { 1.05 * $0 }, cumulative: KolmogorovSmirnov.normal) > 1.95)
        #expect(KolmogorovSmirnov.statistic(normals.map { $0 + 0.03 }, cumulative: KolmogorovSmirnov.normal) > 1.95)
        let gammas = draws(20_000) { $0.gamma(shape: 2.5) }
        #expect(KolmogorovSmirnov.statistic(gammas) { KolmogorovSmirnov.gamma(shape: 2.6, $0) } > 1.95)
        #expect(!ChiSquare.looksUniform([50_000, 25_000, 25_000]))
        #expect(!ChiSquare.looksUniform([1000, 1000, 1000, 1200]))
        // At shape 1 the gamma distribution is the exponential: 1 − 1/e lies below 1.
        #expect(abs(KolmogorovSmirnov.gamma(shape: 1, 1) - 0.632_120_558_828_557_7) < 1e-14)
    }

    // MARK: Golden values, from implementations of the papers in Python

    @Test("The first draws of each distribution stay what they are")
    func goldenIntegers() {
        var source = stream()
        #expect(
            (0..<3).map { _ in source.next() } == [
                0x128C_A7FD_1D3E_8D1B, 0x971F_86AF_9425_3466, 0x345D_0EA1_8AED_1608,
            ])
        source = stream()
        #expect(
            (0..<4).map { _ in source.uniform() } == [
                0x1.28ca7fd1d3e88p-4, 0x1.2e3f0d5f284a6p-1, 0x1.a2e8750c57688p-3, 0x1.afabb77694ba8p-2,
            ])
        source = stream()
        #expect(
            (0..<4).map { _ in source.uniformFloat() } == [0x1.d3e8dp-4, 0x1.28ca7p-4, 0x1.284a68p-1, 0x1.2e3f0cp-1])
        source = stream()
        #expect((0..<16).map { _ in source.below(10) } == [1, 0, 5, 5, 5, 2, 6, 4, 1, 4, 7, 7, 9, 6, 9, 5])
        source = stream()
        #expect(
            (0..<8).map { _ in source.below(3 << 30) } == [
                367_978_964, 233_405_949, 1_864_099_660, 1_901_569_283, 658_885_368, 2_078_473_430, 1_357_918_821,
                606_574_116,
            ])
        #expect(source.nextWord() == 0x6A7D_A3F6)
    }

    // The last bits of log, cos and pow are the C library's.
    @Test("The first normal and gamma draws stay what they are")
    func goldenReals() {
        let normals = [
            -0.3270569036519549, -0.5959935683157891, -0.20816638536410975, -1.3022699507375228, -0.7475782304374864,
            0.5774031674977275,
        ]
        for (draw, expected) in zip(draws(6) { $0.normal() }, normals) { #expect(abs(draw / expected - 1) < 1e-13) }
        let large = [1.7200270872817616, 1.0899372191917023, 0.759509179228874, 2.9687087672235397, 5.488110718193566]
        for (draw, expected) in zip(draws(5) { $0.gamma(shape: 2.5) }, large) {
            #expect(abs(draw / expected - 1) < 1e-13)
        }
        let small = [
            1.0786011679785148, 0.04174539318375202, 0.3749333872355874, 0.004325450314773553, 0.00017949829890881585,
        ]
        for (draw, expected) in zip(draws(5) { $0.gamma(shape: 0.3) }, small) {
            #expect(abs(draw / expected - 1) < 1e-13)
        }
    }
}
