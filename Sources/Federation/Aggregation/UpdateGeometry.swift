/// The updates of a round as points: how long they are, measured from the model that the round began with, and how far apart.
/// They are numbered in the order of client ids.
///
/// The inner products are taken of differences rounded to Float32, and added in double precision in a fixed order, so that
/// they are the same on every machine.
public struct UpdateGeometry: Sendable {
    /// n, the number of updates.
    public let count: Int
    /// What each update counts.
    public let weights: [Int]
    /// ⟨xᵢ − w, xⱼ − w⟩ at [i, j], j ≤ i; the anchor comes after the updates. Empty where the rule has not asked for them.
    private let products: [Double]
    private let points: Int

    init(weights: [Int], products: [Double], points: Int) {
        count = weights.count
        self.weights = weights
        self.products = products
        self.points = points
    }

    /// The number of the anchor among the points.
    public var anchor: Int { count }

    /// ⟨xᵢ − w, xⱼ − w⟩.
    public func product(_ i: Int, _ j: Int) -> Double {
        products[max(i, j) * points + min(i, j)]
    }

    /// ‖xᵢ − w‖.
    public func norm(_ i: Int) -> Double { product(i, i).squareRoot() }

    /// ‖xᵢ − xⱼ‖².
    public func squaredDistance(_ i: Int, _ j: Int) -> Double {
        max(0, product(i, i) + product(j, j) - 2 * product(i, j))
    }

    /// The distances of all points from w + Σ cⱼ (xⱼ − w), c being a coefficient for each point.
    public func distances(fromCombination coefficients: [Double]) -> [Double] {
        let along = (0..<points).map { i in
            (0..<points).reduce(0) { $0 + coefficients[$1] * product(i, $1) }
        }
        let square = (0..<points).reduce(0) { $0 + coefficients[$1] * along[$1] }
        return (0..<points).map { max(0, product($0, $0) - 2 * along[$0] + square).squareRoot() }
    }
}
