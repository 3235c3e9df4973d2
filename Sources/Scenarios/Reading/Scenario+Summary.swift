public import Datasets
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

extension PartitionRule {
    /// The rule in a few words, for example `2 shards a client`.
    public var summary: String {
        let dealt =
            switch assignment {
            case .iid: "iid"
            case .shards(let count): count == 1 ? "1 shard a client" : "\(count) shards a client"
            case .classes(let count): count == 1 ? "1 class a client" : "\(count) classes a client"
            case .dirichlet(let alpha, _): "dirichlet \(Decimal.text(alpha))"
            case .clientDirichlet(let alpha): "client-dirichlet \(Decimal.text(alpha))"
            }
        switch sizes {
        case .equal: return dealt
        case .logNormal(let sigma): return "\(dealt), log-normal sizes \(Decimal.text(sigma))"
        }
    }
}
