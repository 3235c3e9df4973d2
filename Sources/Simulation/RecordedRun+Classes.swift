import Datasets
import Federation
import Learning
import Parameters
public import RunStore
import Runs

extension RecordedRun {
    /// Which classes the updates have seen that count, and how well the latest model knows them.
    ///
    /// - Parameter participation: of this run, whose clients were dealt the run's data.
    public func classes(_ participation: Participation) async throws -> [ClassFairness] {
        let train = context.dataset.train
        var dealt = [Int](repeating: 0, count: train.classes)
        var counted = dealt
        for client in participation.clients {
            for index in context.partition.indices(of: Int(client.client.rawValue)) {
                let label = Int(train.labels[Int(index)])
                dealt[label] += 1
                counted[label] += client.counted
            }
        }
        let (held, seen) = (dealt.reduce(0, +), counted.reduce(0, +))
        // Updates of each client, had all clients as many.
        let equal = participation.updates?.mean ?? 0
        let accuracies = try await latestAccuracies()
        return dealt.indices.map { label in
            let expected = Double(dealt[label]) * equal
            return ClassFairness(
                label: label, dealt: held > 0 ? Double(dealt[label]) / Double(held) : 0,
                counted: seen > 0 ? Double(counted[label]) / Double(seen) : nil, examples: counted[label],
                expected: expected, participation: expected > 0 ? Double(counted[label]) / expected : nil,
                accuracy: accuracies.indices.contains(label) ? accuracies[label].accuracy : nil)
        }
    }

    /// How well the latest model knows each class: as the record says, or by an evaluation where it does not.
    private func latestAccuracies() async throws -> [ClassAccuracy] {
        let last = summary.lastRound
        if last >= summary.firstRound, let recorded = try await round(last).row.testClasses { return recorded }
        let model = try await keptServer(of: last)[vector: "model"]
        return try await threads.evaluateByClass(model, on: context.dataset.test).classes
    }
}
