package import Federation

/// The clients that are away, and which deadline each of them has. Clients that left together, as thousands do when their
/// worker is gone, have one deadline together.
package struct AbsenceDeadlines {
    /// A client that left, and its absence as the round machine counts it.
    package struct Absence: Sendable, Hashable {
        package let client: ClientID
        package let number: UInt32

        package init(client: ClientID, number: UInt32) {
            self.client = client
            self.number = number
        }
    }

    /// The deadline of each client that is away.
    private var deadlines: [ClientID: Int] = [:]
    /// How many clients each deadline has.
    private var counts: [Int: Int] = [:]
    private var next = 0

    package init() {}

    /// These clients have left; the number of the deadline that they have together.
    package mutating func begin(_ absences: [Absence]) -> Int {
        defer { next += 1 }
        for absence in absences {
            end(of: absence.client)
            deadlines[absence.client] = next
        }
        counts[next] = absences.count
        return next
    }

    /// The client is back; the number of its deadline if it was the last that had it.
    @discardableResult
    package mutating func end(of client: ClientID) -> Int? {
        guard let deadline = deadlines.removeValue(forKey: client), let count = counts[deadline] else { return nil }
        counts[deadline] = count > 1 ? count - 1 : nil
        return count > 1 ? nil : deadline
    }

    /// A deadline has passed; those of the clients that began it who are still away.
    package mutating func pass(_ deadline: Int, _ absences: [Absence]) -> [Absence] {
        counts[deadline] = nil
        let away = absences.filter { deadlines[$0.client] == deadline }
        for absence in away { deadlines[absence.client] = nil }
        return away
    }
}
