import Datasets
public import Federation
import Settings

extension Scenario {
    /// The experiment in one line, for example `10 clients, all in each of 8 rounds, cnn on mnist, 2 shards a client`.
    public var summary: String {
        let who = clients == 1 ? "1 client" : "\(clients) clients"
        let pace: String
        if let asynchrony {
            pace = "\(asynchrony.summary(clients: clients)), \(rounds == 1 ? "1 model" : "\(rounds) models")"
        } else {
            let rounds = rounds == 1 ? "1 round" : "each of \(rounds) rounds"
            pace = "\(cohort == clients ? "all" : "\(cohort)") in \(rounds)"
        }
        return "\(who), \(pace), "
            + "\(model) on \(data.rawValue), \(partition.summary)"
            + (evaluation.isOn ? ", \(Decimal.text((evaluation.holdout * 1000).rounded() / 10)) % held out" : "")
            + (behaviours.isEmpty ? "" : "; some misbehave: \(behaviours.map(\.choice.name).joined(separator: ", "))")
    }
}

extension Asynchrony {
    /// How clients train, for people: `20 at once, 10 updates a model`.
    public func summary(clients: Int) -> String {
        "\(min(concurrency, clients)) at once, \(buffer == 1 ? "1 update" : "\(buffer) updates") a model"
    }
}
