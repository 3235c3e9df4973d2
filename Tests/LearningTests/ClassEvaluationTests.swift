import AllocationCounter
import Foundation
import Learning
import Parameters
import Testing

/// What a model knows of each class.
struct ClassEvaluationTests {
    /// Five classes of the model's ten, of which the third has no example.
    private static func examples(_ count: Int) -> ExampleSet {
        let all = HashedNumbers.examples(count)
        return ExampleSet(
            shape: all.shape, classes: 5, images: all.images,
            labels: all.labels.map { [0, 1, 3, 4][Int($0) % 4] })
    }

    @Test(
        "The counts of each class are those of its examples one by one, and the whole has the bits of an evaluation",
        arguments: [Kernels.fused, .openblas])
    func counts(kernels: Kernels) async throws {
        let model = ModelDefinition.logistic
        let parameters = HashedNumbers.parameters(of: model)
        let examples = Self.examples(1_130)
        let trainer = Trainer(model: model, kernels: kernels)
        var expected = [ClassAccuracy](repeating: ClassAccuracy(), count: 5)
        for example in 0..<examples.count {
            let found = trainer.evaluate(parameters, on: examples, range: example..<example + 1)
            expected[Int(examples.labels[example])] += ClassAccuracy(correct: found.correct, count: 1)
        }
        let threads = TrainingThreads(count: 3, model: model, kernels: kernels)
        let evaluation = try await threads.evaluateByClass(parameters, on: examples)
        #expect(evaluation.classes == expected)
        #expect(evaluation.classes[2].accuracy == nil && evaluation.classes.map(\.count).reduce(0, +) == 1_130)
        #expect(Set(evaluation.classes.map(\.correct)).count > 2, "all classes alike show nothing")
        // Sums are taken in pieces of 500.
        let whole = [0..<500, 500..<1_000, 1_000..<1_130].map {
            trainer.evaluate(parameters, on: examples, range: $0)
        }.reduce(Evaluation(), +)
        #expect(evaluation.total == whole)
        #expect(evaluation.total.correct == evaluation.classes.map(\.correct).reduce(0, +))
        threads.shutdown()
    }

    @Test("Counting takes memory once, however many batches there are")
    func memory() {
        let parameters = HashedNumbers.parameters(of: .logistic)
        let examples = Self.examples(500)
        let trainer = Trainer(model: .logistic)
        _ = trainer.evaluateByClass(parameters, on: examples, range: 0..<500)
        let costs = [100, 500].map { count in
            let before = fed_counts_so_far().allocations
            _ = trainer.evaluateByClass(parameters, on: examples, range: 0..<count)
            return fed_counts_so_far().allocations - before
        }
        #expect(costs[0] == costs[1])
    }

    @Test("In a record a class is the number classified rightly and the number of all")
    func coding() throws {
        let classes = [ClassAccuracy(correct: 957, count: 980), ClassAccuracy(), ClassAccuracy(correct: 2, count: 4)]
        let data = try JSONEncoder().encode(classes)
        #expect(String(decoding: data, as: UTF8.self) == "[[957,980],[0,0],[2,4]]")
        #expect(try JSONDecoder().decode([ClassAccuracy].self, from: data) == classes)
        #expect(classes.map(\.accuracy) == [957.0 / 980, nil, 0.5])
    }
}
