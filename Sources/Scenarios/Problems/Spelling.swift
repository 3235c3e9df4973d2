/// Finds the word that somebody meant.
package enum Spelling {
    /// The candidate nearest to `word`, when one is near enough to have been meant: a third of its letters may be
    /// wrong, or it is the initials of it (`lr` for `learning_rate`), or one of the two is a part of the other
    /// (`epochs` for `local_epochs`).
    package static func nearest(to word: String, among candidates: [String]) -> String? {
        let word = normalized(word)
        guard word.count <= 64 else { return nil }
        let ranked = candidates.map { candidate in
            (candidate: candidate, distance: distance(word, normalized(candidate)))
        }.filter { $0.distance < max(word.count, $0.candidate.count) }  // Else they have no letter in common.
        guard let best = ranked.min(by: { $0.distance < $1.distance }) else { return nil }
        if best.distance <= max(1, min(3, best.candidate.count / 3)) { return best.candidate }
        if word.count >= 2, let long = candidates.first(where: { initials(of: $0) == word }) { return long }
        return ranked.filter { isPart(word, of: normalized($0.candidate)) }.min { $0.distance < $1.distance }?.candidate
    }

    /// Lower case, with `_` for whatever separates words: `learning-rate` and `learningRate` become `learning_rate`.
    private static func normalized(_ word: String) -> [Character] {
        var result: [Character] = []
        var previous: Character = "_"
        for character in word {
            if character == "-" || character == " " || character == "." {
                result.append("_")
            } else {
                if character.isUppercase, previous.isLowercase { result.append("_") }
                result.append(contentsOf: character.lowercased())
            }
            previous = character
        }
        return result
    }

    private static func initials(of word: String) -> [Character] {
        word.split(separator: "_").compactMap(\.first)
    }

    private static func isPart(_ word: [Character], of other: [Character]) -> Bool {
        let pair = word.count <= other.count ? (word, other) : (other, word)
        return pair.0.count >= 3 && (pair.1.starts(with: pair.0) || pair.1.reversed().starts(with: pair.0.reversed()))
    }

    /// How many letters have to be put in, left out, changed, or swapped with their neighbour to make `left` of
    /// `right` (optimal string alignment).
    package static func distance(_ left: [Character], _ right: [Character]) -> Int {
        var older = [Int](repeating: 0, count: right.count + 1)
        var previous = Array(0...right.count)
        for (i, a) in left.enumerated() {
            var current = [i + 1]
            for (j, b) in right.enumerated() {
                var cost = min(previous[j] + (a == b ? 0 : 1), previous[j + 1] + 1, current[j] + 1)
                if i > 0, j > 0, a == right[j - 1], left[i - 1] == b {
                    cost = min(cost, older[j - 1] + 1)
                }
                current.append(cost)
            }
            (older, previous) = (previous, current)
        }
        return previous[right.count]
    }
}
