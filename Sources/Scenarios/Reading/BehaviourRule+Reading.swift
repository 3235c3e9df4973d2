import Federation
import Identity
import Settings

extension BehaviourRule {
    /// The most rules of a scenario.
    static let most = 16

    /// The schema of an item of `behaviours`.
    static func read(_ section: Section) -> BehaviourRule? {
        let declared = DeclaredSettings(Behaviours.all)
        let name = section.require(
            "kind", declared.names,
            "what some clients do instead of what they are asked for; fed methods tells of each")
        let share = section.read(
            "share", .number(.above(0, upTo: 1)), otherwise: "what clients says",
            "the part of the clients that does so; equal shares are one group's, drawn by the seed")
        let clients = section.read(
            "clients", .clients, otherwise: "what share says", "the clients that do so, for example 0..9,12")
        let from = section.read(
            "from", .wholeNumber(1...1_000_000), default: 1, "the first round in which they do")
        let until = section.read(
            "until", .wholeNumber(1...1_000_000), otherwise: "the last round", "the last round in which they do")
        let values = declared.read(
            section, of: name ?? "", key: "kind", isKnown: name != nil)
        guard let name, let type = Behaviours.named(name) else { return nil }
        if section.has("share") == section.has("clients") {
            section.refuse(
                section.has("share") ? "clients" : "kind", with: "share",
                section.has("share")
                    ? "and \"share\" say the same thing twice" : "is \(name), and neither share nor clients says whose",
                remedy: section.has("share") ? "Keep one of the two." : "Add a line \"share: 0.2\".")
        }
        if let until, until < from {
            section.refuse("until", with: "from", "is \(until), before the first round, \(from)")
        }
        let choice = BehaviourChoice(type, values)
        // As many classes as all data have that a scenario can name.
        if let obstacle = choice.make().obstacle(classes: 10) {
            section.refuse("kind", with: "kind", "is \(name), which \(obstacle)")
        }
        let whose: Clients? = clients.map { .these(Array($0.clients)) } ?? share.map { .share($0) }
        return whose.map {
            BehaviourRule(choice, clients: $0, rounds: UInt32(from)...UInt32(max(from, until ?? Int(UInt32.max))))
        }
    }

    /// Why the rule does not go with the rest of a scenario, as the end of a sentence that begins with its kind; `nil` if it does.
    func obstacle(in scenario: Scenario) -> String? {
        if members(population: scenario.clients, seed: scenario.seed).isEmpty {
            return "is nobody's: its share of \(scenario.clients) clients is less than one"
        }
        if case .these(let clients) = clients, let last = clients.last, last.rawValue >= scenario.clients {
            return "is client \(last)'s, and the clients are 0 to \(scenario.clients - 1)"
        }
        guard choice.make().knowledge != nil else { return nil }
        if scenario.strategy.make().parts.hasClientState {
            return
                "needs the updates of other clients, which with \(scenario.strategy.name) depend on what these remember"
        }
        if scenario.partialWork.share > 0 {
            return "needs the updates of other clients, and with partial_work nobody knows how much these do"
        }
        if scenario.selected > KnownUpdates.most {
            return "needs the updates of other clients, of \(KnownUpdates.most) in a round at most"
        }
        return nil
    }
}

extension ValueKind where Value == ClientSet {
    /// Clients by their ids, as a text or a list.
    static var clients: Self {
        ValueKind(
            expectation: "client ids, for example 3, or 0..9,12, or [0, 5]", text: \.description,
            read: { scalar in
                (try? ClientSet(scalar.text.replacing(" ", with: ""))).map { .value($0) } ?? .mismatch(remedy: nil)
            }, takesList: true)
    }
}
