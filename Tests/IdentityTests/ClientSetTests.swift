import Diagnostics
import Federation
import Identity
import Testing

struct ClientSetTests {
    @Test(
        "What people write is read, put in order and written again",
        arguments: [
            ("3", "3", 1), ("0..9", "0..9", 10), ("12,0..9", "0..9,12", 11), ("0..4,5..9", "0..9", 10),
            ("0..6,3..9", "0..9", 10), ("5,5,5", "5", 1), ("0..4294967295", "0..4294967295", 4_294_967_296),
            ("4294967295,0", "0,4294967295", 2),
        ])
    func reads(text: String, written: String, count: Int) throws {
        let set = try ClientSet(text)
        #expect(set.description == written)
        #expect(set.count == count)
        #expect(try ClientSet(set.description) == set)
    }

    @Test(
        "What names no clients is refused",
        arguments: ["", ",", "x", "-1", "+1", "9..0", "1..", "..1", "1...3", "1,,2", "4294967296", "0x1", "1 "])
    func refuses(text: String) {
        #expect(throws: Problem.self) { try ClientSet(text) }
    }

    @Test func membersAndIntersection() throws {
        let set = try ClientSet("2..4,9")
        #expect((0..<12).filter { set.contains(ClientID($0)) } == [2, 3, 4, 9])
        #expect(Array(set.clients) == [2, 3, 4, 9].map { ClientID($0) })
        #expect(set.intersection(try ClientSet("0..2,4..20")) == (try ClientSet("2,4,9")))
        #expect(set.intersection(try ClientSet("100")).isEmpty)
        #expect(ClientSet([ClientID(9), ClientID(3), ClientID(2), ClientID(4)]) == set)
    }
}
