import Foundation
import Randomness
import RunStore
import Testing

@Suite struct ULIDTests {
    @Test("The example of the specification") func specified() throws {
        let ulid = try #require(ULID("01ARZ3NDEKTSV4RRFFQ69G5FAV"))
        // The time in `ulid.date` of the specification's example: 1469922850259 ms is 01ARYZ6S41.
        #expect(ULID("01ARYZ6S41TSV4RRFFQ69G5FAV")?.date == Date(timeIntervalSince1970: 1_469_918_176.385))
        #expect(ulid.description == "01ARZ3NDEKTSV4RRFFQ69G5FAV")
        #expect(ULID("01arz3ndektsv4rrffq69g5fav") == ulid)
    }

    @Test("Text and bytes are one value") func inverse() throws {
        var random = RandomStream(seed: 1, purpose: .jitter)
        for _ in 0..<1000 {
            let date = Date(timeIntervalSince1970: Double(random.next() >> 24) / 1000)
            let ulid = ULID(at: date, using: &random)
            #expect(ULID(ulid.description) == ulid)
            #expect(abs(ulid.date.timeIntervalSince(date)) < 0.0015)
        }
    }

    @Test("Names sort by time") func order() {
        let names = (0..<100).map { ULID(at: Date(timeIntervalSince1970: Double($0 * 86_400))).description }
        #expect(names == names.sorted())
        #expect(Set(names).count == 100)
    }

    @Test(
        "What is no ULID",
        arguments: [
            "", "01ARZ3NDEKTSV4RRFFQ69G5FA", "01ARZ3NDEKTSV4RRFFQ69G5FAVX", "01ARZ3NDEKTSV4RRFFQ69G5FAU",
            "81ARZ3NDEKTSV4RRFFQ69G5FAV", "01ARZ3NDEKTSV4RRFFQ69G5F-V", "é1ARZ3NDEKTSV4RRFFQ69G5FA",
        ])
    func refused(text: String) {
        #expect(ULID(text) == nil)
    }

    @Test("A run is named by number, ULID or as the latest") func selector() throws {
        #expect(RunSelector("12") == .number(12))
        #expect(RunSelector("LATEST") == .latest)
        let ulid = try #require(ULID("01ARZ3NDEKTSV4RRFFQ69G5FAV"))
        #expect(RunSelector("01ARZ3NDEKTSV4RRFFQ69G5FAV") == .ulid(ulid))
        #expect(RunSelector("0") == nil)
        #expect(RunSelector("-1") == nil)
        #expect(RunSelector("last") == nil)
    }
}
