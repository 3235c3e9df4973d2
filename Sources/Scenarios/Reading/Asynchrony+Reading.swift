import Federation
import Learning

extension Asynchrony {
    /// Where the keys stand that do not go with clients that do not wait for each other.
    struct Sections {
        let top: Section
        let round: Section
        let train: Section
        let strategy: Section
        let network: Section
    }

    /// Refuses what does not go with a strategy whose clients do not wait for each other.
    func refuse(_ sections: Sections, in scenario: Scenario) {
        let name = scenario.strategy.name
        for key in ["fraction", "cohort"] where sections.top.has(key) {
            sections.top.refuse(
                key, with: "strategy",
                "goes with rounds, and with \(name) there are none: clients do not wait for each other",
                remedy: "Leave it out: strategy: {concurrency: …} says how many train at once.")
        }
        if scenario.overSelection > 0 {
            sections.round.refuse(
                "over_selection", with: "strategy", "goes with rounds, and with \(name) nobody is waited for",
                remedy: "Leave it out.")
        }
        if scenario.deadline != .fixed {
            sections.round.refuse(
                "deadline", with: "strategy", "is that of a round, and with \(name) each client has its own time",
                remedy: "Leave it out: network: {round_deadline: …} says how long a client may take.")
        }
        if scenario.partialWork != .none {
            sections.train.refuse(
                "partial_work", with: "strategy",
                "is a part of a round's cohort, and with \(name) there is none: who is slow reports later",
                remedy: "Leave it out.")
        }
        if !scenario.behaviours.isEmpty {
            sections.top.refuse(
                "behaviours", with: "strategy",
                "are those of a round's cohort, and with \(name) there is none", remedy: "Leave them out.")
        }
        if scenario.keepClientRounds != .all {
            sections.top.refuse(
                "keep_client_rounds", with: "strategy",
                "goes with rounds whose clients the seed draws, and with \(name) only these rows know who reported when",
                remedy: "Leave it out.")
        }
        if scenario.network.upload != .f32, scenario.strategy.make().parts.updateVectors.contains("parameters") {
            sections.network.refuse(
                sections.network.has("upload") ? "upload" : "codec", with: "strategy",
                "is \(scenario.network.upload.rawValue), which sends a difference from the model that the client began with, and \(name) "
                    + "needs the parameters themselves", remedy: "Leave it out, or choose fedbuff.")
        }
        if buffer > scenario.clients {
            sections.strategy.refuse(
                "buffer", with: "name", "is \(buffer), more than the \(scenario.clients) clients there are",
                remedy: "No model could be made of as many updates: set strategy: {buffer: …} to fewer.")
        }
    }
}
