import Coordinator
import Federation
import Testing

struct AbsenceDeadlinesTests {
    func absences(_ clients: ClosedRange<UInt32>, number: UInt32 = 1) -> [AbsenceDeadlines.Absence] {
        clients.map { .init(client: ClientID($0), number: number) }
    }

    @Test("Clients that left together have one deadline, which is called off with the last that comes back")
    func together() {
        var absences = AbsenceDeadlines()
        _ = absences.begin(self.absences(0...2))
        #expect(absences.end(of: ClientID(1)) == nil)
        #expect(absences.end(of: ClientID(1)) == nil)
        #expect(absences.end(of: ClientID(0)) == nil)
        #expect(absences.end(of: ClientID(9)) == nil)
        #expect(absences.end(of: ClientID(2)) != nil)
    }

    @Test("A deadline passes for those that are still away, and not for a later absence")
    func passing() {
        var absences = AbsenceDeadlines()
        let first = self.absences(0...3)
        let deadline = absences.begin(first)
        absences.end(of: ClientID(1))
        absences.end(of: ClientID(2))
        let second = self.absences(2...2, number: 2)
        let later = absences.begin(second)
        #expect(later != deadline)
        #expect(absences.pass(deadline, first) == [first[0], first[3]])
        #expect(absences.pass(deadline, first).isEmpty)
        #expect(absences.pass(later, second) == second)
        #expect(absences.end(of: ClientID(2)) == nil)
    }
}
