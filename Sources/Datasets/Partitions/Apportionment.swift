/// Divides a number of examples in proportion to weights: the method of largest remainders (Hamilton), with at least
/// one example for each.
enum Apportionment {
    /// Whole numbers that add up to `total`, each at least 1 and otherwise within 1 of its exact share; equal weights
    /// give numbers that differ by at most one, the larger ones first.
    ///
    /// - Precondition: `total` is at least the number of weights, and these are above 0 and finite.
    static func divide(_ total: Int, by weights: [Double]) -> [Int] {
        precondition(total >= weights.count)
        var parts = [Int](repeating: 1, count: weights.count)
        guard !weights.isEmpty else { return parts }

        // Whoever's share is below one gets one, and the others divide what is left. Lightest first, so that each
        // such decision stands when the later ones are taken.
        let lightestFirst = weights.indices.sorted { (weights[$0], $0) < (weights[$1], $1) }
        var left = total
        var weightLeft = weights.reduce(0, +)
        var settled = 0
        while settled < weights.count {
            let weight = weights[lightestFirst[settled]]
            guard Double(left) * weight < weightLeft else { break }
            left -= 1
            weightLeft -= weight
            settled += 1
        }
        let sharing = lightestFirst[settled...].sorted()
        guard !sharing.isEmpty else {
            // Only rounding can settle everybody: the heaviest then takes what is left.
            parts[lightestFirst[weights.count - 1]] += left
            return parts
        }

        weightLeft = sharing.reduce(0) { $0 + weights[$1] }
        var remainders: [(remainder: Double, place: Int)] = []
        for place in sharing {
            let share = Double(left) * weights[place] / weightLeft
            parts[place] = max(1, Int(share))
            remainders.append((share - Double(Int(share)), place))
        }
        remainders.sort { $0.remainder != $1.remainder ? $0.remainder > $1.remainder : $0.place < $1.place }
        var missing = left - sharing.reduce(0) { $0 + parts[$1] }
        var next = 0
        while missing > 0 {
            parts[remainders[next % remainders.count].place] += 1
            next += 1
            missing -= 1
        }
        while missing < 0, let largest = sharing.max(by: { parts[$0] < parts[$1] }) {
            // Rounding of shares, or a share that fell to just below one, can give one too many.
            parts[largest] -= 1
            missing += 1
        }
        return parts
    }
}
