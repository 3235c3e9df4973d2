import Federation
import Parameters
import RunStore
import Simulation
import Testing
import Wire

@Suite struct RecordedUpdateTests {
    @Test("A training time is read from the record as the microseconds that it was recorded from")
    func microseconds() throws {
        for microseconds in 0..<100_000 as Range<UInt64> {
            #expect(try header(trainSeconds: Double(microseconds) / 1e6).trainMicroseconds == microseconds)
        }
    }

    @Test("An impossible training time is read as the nearest possible one", arguments: [(-1, 0), (1e300, UInt64.max)])
    func impossible(seconds: Double, microseconds: UInt64) throws {
        #expect(try header(trainSeconds: seconds).trainMicroseconds == microseconds)
    }

    private func header(trainSeconds: Double) throws -> UpdateHeader {
        let client = ClientRoundRecord(
            client: ClientID(1), attempt: 0, status: .reported, examples: 3, trainSeconds: trainSeconds,
            updateDigest: ContentDigest(of: [] as [UInt8]))
        return try #require(UpdateHeader(client, round: 1, codec: .f32))
    }
}
