import Datasets
public import Federation
public import Learning
public import Parameters
public import RunStore
import Scenarios

/// Test examples that show whether an attack of the scenario has come to what it wants, with the labels that it wants.
public struct AttackTrial: Sendable {
    /// Of the behaviour in the scenario's list, from 0.
    let place: Int
    let examples: ExampleSet
}

extension RunContext {
    /// What became of each behaviour that the scenario names, with a model.
    ///
    /// - Parameters:
    ///   - behaviours: of the round that made it.
    ///   - threads: evaluate it.
    public func attacks(
        _ behaviours: [RoundBehaviour], on model: ParameterVector, _ threads: TrainingThreads
    ) async throws -> [AttackRecord] {
        var records = scenario.behaviours.enumerated().map { place, rule in
            AttackRecord(
                place: place + 1, kind: rule.choice.name,
                clients: behaviours.first { Int($0.place) == place }?.clients.count ?? 0)
        }
        for trial in trials where trial.examples.count > 0 {
            records[trial.place].success = try await threads.evaluate(model, on: trial.examples).accuracy
        }
        return records
    }
}
