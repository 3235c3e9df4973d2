import Datasets
import Federation
import Learning
import Parameters
public import RunStore
import Runs

/// What becomes of a class of the data in a run.
public struct ClassFairness: Sendable, Hashable, Codable {
    public var label: Int
    /// Its part of the training examples that the clients hold.
    public var dealt: Double
    /// Its part of the examples behind the updates that count; `nil` if none does.
    public var counted: Double?
    /// The latest model's accuracy on its test examples; `nil` without any.
    public var accuracy: Double?
}

extension RecordedRun {
    /// Which classes the updates have seen that count, and how well the latest model knows them.
    ///
    /// - Parameter participation: of this run, whose clients were dealt the run's data.
    public func classes(_ participation: Participation) async throws -> [ClassFairness] {
        let train = context.dataset.train
        var dealt = [Double](repeating: 0, count: train.classes)
        var counted = dealt
        for client in participation.clients {
            for index in context.partition.indices(of: Int(client.client.rawValue)) {
                let label = Int(train.labels[Int(index)])
                dealt[label] += 1
                counted[label] += Double(client.counted)
            }
        }
        let (held, seen) = (dealt.reduce(0, +), counted.reduce(0, +))
        let model = try await keptServer(of: summary.lastRound)[vector: "model"]
        let test = context.dataset.test
        var found: [ClassFairness] = []
        for label in 0..<train.classes {
            let own = test.selection(test.labels.indices.filter { Int(test.labels[$0]) == label }.map { Int32($0) })
            found.append(
                ClassFairness(
                    label: label, dealt: held > 0 ? dealt[label] / held : 0,
                    counted: seen > 0 ? counted[label] / seen : nil,
                    accuracy: own.count > 0 ? try await threads.evaluate(model, on: own).accuracy : nil))
        }
        return found
    }
}
