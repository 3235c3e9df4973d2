import Diagnostics
import Federation
import Scenarios
import Settings
import Testing

/// What a scenario says of clients that do not wait for each other.
@Suite struct AsynchronySchemaTests {
    private func scenario(_ keys: String, clients: Int = 40) throws(Problem) -> Scenario {
        try .with(keys, clients: clients)
    }

    @Test("The buffer is what a model is made of; the rest has the papers' defaults")
    func defaults() throws {
        let buffered = try scenario("strategy: fedbuff")
        #expect(buffered.asynchrony == Asynchrony(buffer: 10, concurrency: 30, maximumStaleness: 20))
        #expect(buffered.cohort == 10 && buffered.minimumUpdates == 5 && buffered.selected == 10)
        let mixed = try scenario("strategy: {name: fedasync, concurrency: 7, maximum_staleness: 3}")
        #expect(mixed.asynchrony == Asynchrony(buffer: 1, concurrency: 7, maximumStaleness: 3))
        #expect(mixed.cohort == 1 && mixed.minimumUpdates == 1)
        #expect(try scenario("strategy: fedavg").asynchrony == nil)
        #expect(mixed.summary.contains("7 at once, 1 update a model"))
        #expect(
            try scenario("strategy: {name: fedbuff, buffer: 4}", clients: 5).summary.contains(
                "5 at once, 4 updates a model"))
    }

    @Test("The weight of an update falls with its staleness, as the scenario says")
    func staleness() throws {
        let weight = { (keys: String) in
            StalenessWeight(try scenario("strategy: {name: fedbuff, \(keys)}").strategy.values)
        }
        #expect(try weight("buffer: 3") == .polynomial(a: 0.5))
        #expect(try weight("staleness: constant") == .constant)
        #expect(try weight("staleness: hinge, hinge_b: 2") == .hinge(a: 10, b: 2))
        #expect(try weight("polynomial_a: 1").weight(3) == 0.25)
    }

    @Test(
        "What goes with rounds is refused with its line",
        arguments: [
            ("cohort: 5", "\"cohort\" goes with rounds, and with fedbuff there are none"),
            ("fraction: 0.5", "\"fraction\" goes with rounds"),
            ("round: {over_selection: 0.3}", "\"round.over_selection\" goes with rounds"),
            ("train: {partial_work: 0.5}", "\"train.partial_work\" is a part of a round's cohort"),
            ("behaviours: [{kind: sign-flip, share: 0.1}]", "\"behaviours\" are those of a round's cohort"),
            ("keep_client_rounds: 5", "\"keep_client_rounds\" goes with rounds"),
            ("minimum_updates: 11", "more than the 10 updates of a buffer"),
        ])
    func refused(keys: String, text: String) {
        let problem = #expect(throws: Problem.self) { try scenario("strategy: fedbuff\n\(keys)") }
        #expect(problem.map { "\($0)" }?.contains(text) == true, "\(String(describing: problem))")
    }

    @Test("A buffer of more than all clients, and parameters that are sent as differences")
    func impossible() throws {
        let problem = #expect(throws: Problem.self) { try scenario("strategy: fedbuff", clients: 9) }
        #expect(problem?.what.contains("\"strategy.buffer\" is 10, more than the 9 clients there are") == true)
        #expect(throws: Never.self) { try scenario("strategy: {name: fedbuff, buffer: 9}", clients: 9) }
        for key in ["upload", "codec"] {
            let problem = #expect(throws: Problem.self) { try scenario("strategy: fedasync\nnetwork: {\(key): int8}") }
            #expect(problem?.what.contains("\"network.\(key)\" is int8, which sends a difference") == true)
        }
        #expect(throws: Never.self) { try scenario("strategy: fedbuff\nnetwork: {codec: int8}") }
        #expect(throws: Never.self) { try scenario("strategy: fedasync\nnetwork: {download: int8}") }
    }
}
