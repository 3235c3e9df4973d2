import Federation
import Testing

@Suite struct PatienceTests {
    private func roundsUntilOver(_ patience: Patience, _ accuracies: [Double]) -> Int? {
        var patience = patience
        for (index, accuracy) in accuracies.enumerated() {
            patience.note(accuracy)
            if patience.isOver { return index + 1 }
        }
        return nil
    }

    @Test("A run ends when nothing better has come for so many rounds")
    func over() {
        let curve = [0.1, 0.5, 0.4, 0.5, 0.6, 0.6, 0.59, 0.58, 0.9]
        #expect(roundsUntilOver(Patience(rounds: 3, minimumChange: 0), curve) == 8)
        #expect(roundsUntilOver(Patience(rounds: 2, minimumChange: 0), curve) == 4)
        #expect(roundsUntilOver(Patience(rounds: 1, minimumChange: 0), curve) == 3)
        #expect(roundsUntilOver(Patience(rounds: 4, minimumChange: 0), curve) == nil)
    }

    @Test("What is better by no more than the least change is not")
    func minimumChange() {
        let steps = [0.5, 0.5625, 0.625, 0.75]
        #expect(roundsUntilOver(Patience(rounds: 2, minimumChange: 0.125), steps) == 3)
        // Each is compared with the best, and the third is more than a sixteenth above the first.
        #expect(roundsUntilOver(Patience(rounds: 2, minimumChange: 0.0625), steps) == nil)
    }
}
