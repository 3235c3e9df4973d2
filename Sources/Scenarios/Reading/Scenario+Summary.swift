import Datasets
import Federation
import Settings

extension Scenario {
    /// The experiment in one line, for example `10 clients, all in each of 8 rounds, cnn on mnist, 2 shards a client`.
    public var summary: String {
        let who = clients == 1 ? "1 client" : "\(clients) clients"
        let rounds = rounds == 1 ? "1 round" : "each of \(rounds) rounds"
        return "\(who), \(cohort == clients ? "all" : "\(cohort)") in \(rounds), "
            + "\(model) on \(data.rawValue), \(partition.summary)"
            + (evaluation.isOn ? ", \(Decimal.text((evaluation.holdout * 1000).rounded() / 10)) % held out" : "")
            + (behaviours.isEmpty ? "" : "; some misbehave: \(behaviours.map(\.choice.name).joined(separator: ", "))")
    }
}
