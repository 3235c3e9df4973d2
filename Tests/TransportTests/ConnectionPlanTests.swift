import TestSupport
import Testing

struct ConnectionPlanTests {
    static let conditions = NetworkConditions(
        toServer: .init(delay: .zero ... .milliseconds(9), pieces: 1...1000),
        toClient: .init(delay: .milliseconds(1)...(.milliseconds(3))),
        cut: .init(after: 10...100_000, connections: 50),
        stall: .init(after: 0...5000, lasting: .zero ... .seconds(1)))

    /// The pieces that a connection begins with.
    static func pieces(_ plan: ConnectionPlan, _ direction: FlowDirection) -> [FlowPlan.Piece] {
        var flow = plan.flow(direction)
        return (0..<20).map { _ in flow.next() }
    }

    @Test("The same seed gives the n-th connection the same plan, another seed another")
    func sameSeed() {
        for index in 0..<100 {
            let plan = ConnectionPlan(Self.conditions, seed: 7, index: index)
            let again = ConnectionPlan(Self.conditions, seed: 7, index: index)
            let other = ConnectionPlan(Self.conditions, seed: 8, index: index)
            #expect(plan.incidents == again.incidents && plan.incidents != other.incidents)
            for direction in FlowDirection.allCases {
                #expect(Self.pieces(plan, direction) == Self.pieces(again, direction))
                #expect(Self.pieces(plan, direction) != Self.pieces(other, direction))
            }
        }
    }

    @Test("What is drawn lies in its range, and all that is possible happens")
    func ranges() {
        let plans = (0..<50).map { ConnectionPlan(Self.conditions, seed: 1, index: $0) }
        let incidents = plans.flatMap(\.incidents)
        #expect(incidents.count == 100)
        for kind: (ConnectionPlan.Incident.Kind) -> Bool in [
            { $0 == .cut(isReset: true) }, { $0 == .cut(isReset: false) },
        ] {
            for direction in FlowDirection.allCases {
                #expect(incidents.contains { kind($0.kind) && $0.direction == direction })
            }
        }
        for incident in incidents {
            switch incident.kind {
            case .cut: #expect((10...100_000).contains(incident.after))
            case .stall(let duration):
                #expect((0...5000).contains(incident.after))
                #expect(duration.map { $0 >= .zero && $0 <= .seconds(1) } == true)
            }
        }
        for piece in plans.flatMap({ Self.pieces($0, .toServer) }) {
            #expect(piece.size.map { (1...1000).contains($0) } == true)
            #expect(piece.delay >= .zero && piece.delay <= .milliseconds(9))
        }
        #expect(Self.pieces(plans[0], .toClient).allSatisfy { $0.size == nil && $0.delay >= .milliseconds(1) })
    }

    @Test("Later connections are left alone where only the first are cut; a condition more changes no other draw")
    func limits() {
        let plan = ConnectionPlan(Self.conditions, seed: 1, index: 50)
        #expect(plan.incidents.count == 1)
        var without = Self.conditions
        without.stall = nil
        let first = ConnectionPlan(Self.conditions, seed: 1, index: 3)
        let same = ConnectionPlan(without, seed: 1, index: 3)
        #expect(same.incidents == Array(first.incidents.prefix(1)))
        #expect(Self.pieces(first, .toServer) == Self.pieces(same, .toServer))
    }
}
