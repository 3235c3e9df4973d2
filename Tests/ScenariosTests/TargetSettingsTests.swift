import Scenarios
import Testing

struct TargetSettingsTests {
    private func rounds(to target: Double, in accuracies: Double...) -> Double? {
        TargetSettings(accuracy: target).rounds(in: accuracies)
    }

    @Test(
        "The running maximum's crossing, interpolated between two rounds",
        arguments: [
            (0.5, 1), (0.25, 1), (0.625, 1.5), (0.75, 2), (0.875, 4),
            // The fall in round 3 does not count: from 0.75 after round 3 to 0.875 after round 4.
            (0.8125, 3.5),
        ])
    func crossing(target: Double, expected: Double) {
        #expect(rounds(to: target, in: 0.5, 0.75, 0.625, 0.875) == expected)
    }

    @Test("What is not reached has no round")
    func missed() {
        #expect(rounds(to: 0.76, in: 0.5, 0.75) == nil)
        #expect(rounds(to: 0) == nil)
    }
}
