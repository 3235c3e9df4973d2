import Parameters
import Settings

/// The direction ∇p in which colluding attackers leave the mean of the updates that they know (Shejwalkar and Houmansadr 2021,
/// Section IV-D), and how far they can go in it.
enum Perturbation: String, CaseIterable {
    /// The inverse standard deviation, −σ.
    case deviation
    /// The inverse unit vector, −μ/‖μ‖.
    case unit
    /// The inverse sign, −sign(μ).
    case sign

    static var setting: Setting {
        Setting(
            "perturbation", .word(allCases.map(\.rawValue)), default: .word("deviation"),
            "the direction in which the attackers leave the mean: against the standard deviation, the mean itself (unit), or its sign"
        )
    }

    init(_ values: SettingValues) {
        self = Perturbation(rawValue: values.word("perturbation")) ?? .deviation
    }

    /// μ + γ ∇p.
    ///
    /// - Parameter length: γ, of what the known updates, numbered from 0, and the direction come to.
    func forge(_ known: KnownUpdates, length: (Distances) -> Double) -> ParameterVector {
        guard known.models.count > 1 else { return known.combined { start, mean, _ in start + mean } }
        let norm = Distances(known.products(), count: known.models.count).meanNorm
        func direction(_ mean: Double, _ deviation: Double) -> Double {
            switch self {
            case .deviation: -deviation
            case .unit: norm > 0 ? -mean / norm : 0
            case .sign: mean > 0 ? -1 : mean < 0 ? 1 : 0
            }
        }
        let direct = known.combined { start, mean, deviation in start + direction(mean, deviation) }
        let gamma = length(Distances(known.products(with: direct), count: known.models.count))
        return known.combined { start, mean, deviation in start + (mean + gamma * direction(mean, deviation)) }
    }

    /// How far the updates xᵢ are from one another and from μ + γ ∇p, as a function of γ.
    struct Distances {
        private let products: [Double]
        /// n, the known updates.
        let count: Int
        private let points: Int

        /// - Parameter products: of the updates' differences, and of the direction, which comes last, if there is one.
        init(_ products: [Double], count: Int) {
            self.products = products
            self.count = count
            points = products.count / max(1, Int(Double(products.count).squareRoot().rounded()))
        }

        private func product(_ i: Int, _ j: Int) -> Double { products[i * points + j] }

        /// ⟨μ, xᵢ⟩; of the direction too.
        private func mean(_ i: Int) -> Double {
            (0..<count).reduce(0) { $0 + product(i, $1) } / Double(count)
        }

        private var squaredMeanNorm: Double { (0..<count).reduce(0) { $0 + mean($1) } / Double(count) }

        /// ‖μ‖.
        var meanNorm: Double { max(0, squaredMeanNorm).squareRoot() }

        /// ‖xᵢ − xⱼ‖².
        private func squaredDistance(_ i: Int, _ j: Int) -> Double {
            max(0, product(i, i) + product(j, j) - 2 * product(i, j))
        }

        /// max ‖xᵢ − xⱼ‖².
        var largestDistance: Double {
            (0..<count).reduce(0) { largest, i in
                (0..<i).reduce(largest) { max($0, squaredDistance(i, $1)) }
            }
        }

        /// maxᵢ Σⱼ ‖xᵢ − xⱼ‖².
        var largestSum: Double {
            (0..<count).reduce(0) { largest, i in
                max(largest, (0..<count).reduce(0) { $0 + squaredDistance(i, $1) })
            }
        }

        /// ‖μ + γ ∇p − xᵢ‖² = a γ² + 2 b γ + c.
        func polynomials() -> [(a: Double, b: Double, c: Double)] {
            let (last, square) = (count, squaredMeanNorm)
            let meanAlong = mean(last)
            return (0..<count).map { i in
                (product(last, last), meanAlong - product(last, i), max(0, square - 2 * mean(i) + product(i, i)))
            }
        }

        /// The largest γ ≥ 0 with a γ² + 2 b γ + c ≤ `limit`; 0 if there is none.
        static func largest(_ polynomial: (a: Double, b: Double, c: Double), upTo limit: Double) -> Double {
            let (a, b, c) = polynomial
            let discriminant = b * b - a * (c - limit)
            guard a > 0, discriminant >= 0 else { return 0 }
            return max(0, (discriminant.squareRoot() - b) / a)
        }
    }
}
