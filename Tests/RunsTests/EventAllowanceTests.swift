import Runs
import Testing

@Suite struct EventAllowanceTests {
    @Test("The first are recorded one by one, then those whose number is a digit and zeros")
    func repeated() {
        var allowance = EventAllowance(plain: 5, sources: 10)
        let answers = (1...421).map { _ in allowance.answer(kind: "refused", source: "192.0.2.7") }
        #expect(answers.prefix(5).allSatisfy { $0 == .record })
        let numbered = answers.dropFirst(5).enumerated().filter { $0.element != .omit }
        #expect(
            numbered.map(\.element)
                == (Array(6...9) + Array(stride(from: 10, to: 100, by: 10)) + [100, 200, 300, 400]).map {
                    .recordAsNumber($0)
                })
        #expect(allowance.omitted == ["refused: 421 from 192.0.2.7"])
    }

    @Test("Kinds and sources are counted apart")
    func apart() {
        var allowance = EventAllowance(plain: 1, sources: 10)
        for kind in ["refused", "worker_left"] {
            for source in ["192.0.2.7", "192.0.2.8"] {
                #expect(allowance.answer(kind: kind, source: source) == .record)
            }
        }
        #expect(allowance.omitted == [])
    }

    @Test("What is recorded of any number of sources is bounded", arguments: [0, 1, 50, 2000])
    func manySources(others: Int) {
        var allowance = EventAllowance(plain: 4, sources: 50)
        var recorded: [Int: Int] = [:]
        for _ in 0..<20 {
            for source in 0..<(50 + others) where allowance.answer(kind: "refused", source: "\(source)") != .omit {
                recorded[source, default: 0] += 1
            }
        }
        // The first ten, and the 20th.
        #expect((0..<50).allSatisfy { recorded[$0] == 11 })
        // All others are one source, whose first ten are recorded, and nine of each power of ten that follows.
        let ofOthers = recorded.filter { $0.key >= 50 }.reduce(0) { $0 + $1.value }
        let largest = 20 * others
        let rounded = (1...10_000_000).prefix(largest).count { count in
            let digits = "\(count)"
            return digits.dropFirst().allSatisfy { $0 == "0" }
        }
        #expect(ofOthers == rounded)
        #expect(allowance.omitted.count == 1)
        #expect(allowance.omitted.first?.hasSuffix("and more from \(others > 0 ? 46 : 45) others") == true)
    }
}
