import Federation
import Testing

@Suite struct LearningRateScheduleTests {
    private func factors(_ schedule: LearningRateSchedule, rounds: Int) -> [Double] {
        (1...UInt32(rounds)).map { schedule.factor(in: $0, of: rounds) }
    }

    @Test("Each shape, by hand")
    func shapes() {
        #expect(factors(LearningRateSchedule(), rounds: 3) == [1, 1, 1])
        #expect(
            factors(LearningRateSchedule(.step(every: 2, factor: 0.5)), rounds: 6) == [1, 1, 0.5, 0.5, 0.25, 0.25])
        #expect(factors(LearningRateSchedule(.exponential(factor: 0.5)), rounds: 4) == [1, 0.5, 0.25, 0.125])
        #expect(factors(LearningRateSchedule(.cosine(least: 0)), rounds: 3) == [1, 0.5, 0])
        #expect(factors(LearningRateSchedule(.cosine(least: 0.5)), rounds: 3) == [1, 0.75, 0.5])
        #expect(factors(LearningRateSchedule(warmUpRounds: 4), rounds: 5) == [0.25, 0.5, 0.75, 1, 1])
        #expect(LearningRateSchedule(.cosine(least: 0)).factor(in: 1, of: 1) == 1)
    }
}
