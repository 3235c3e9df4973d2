import Randomness
import Settings
import Testing

@Suite struct DecimalTests {
    @Test("The text of a number in single precision, read as a double and rounded, is the number")
    func single() throws {
        var stream = RandomStream(seed: 1, purpose: .dropout)
        for _ in 0..<200_000 {
            let value = Float(bitPattern: UInt32(truncatingIfNeeded: stream.next()))
            guard value.isFinite else { continue }
            #expect(Float(try #require(Decimal.number(Decimal.text(value)))) == value)
        }
    }

    @Test(
        "It is the shortest",
        arguments: [(0.1, "0.1"), (1, "1"), (1e-9, "1e-09"), (0.0464, "0.0464")] as [(Float, String)])
    func shortest(value: Float, text: String) {
        #expect(Decimal.text(value) == text)
    }
}
