import Federation
import Foundation
import Learning
import Parameters
import Randomness
import Settings
import Testing

/// What clients that misbehave make of honest updates against their papers in NumPy and Float64 (`References/behaviours.py`).
@Suite struct BehaviourReferenceTests {
    struct Problem: Decodable, Sendable {
        let start: [Float]
        let models: [[Float]]
        let cases: [Case]
    }

    struct Case: Decodable, Sendable, CustomTestStringConvertible {
        let behaviour: String
        let settings: [String: String]
        let cohort: Int
        let attackers: Int
        /// The honest model that a client distorts which knows nobody else's.
        let model: Int?
        let result: [Double]

        var testDescription: String {
            let settings = settings.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
            return "\(behaviour)\(settings), \(attackers) of \(cohort)"
        }
    }

    static let problem: Problem = {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "References/behaviours.json")
        // Without it nothing here can be tested.
        return try! JSONDecoder().decode(Problem.self, from: Data(contentsOf: file))
    }()

    private static let layout = ParameterLayout([("weight", [7, 8]), ("bias", [4])])

    private func vector(_ values: [Float]) -> ParameterVector { ParameterVector(layout: Self.layout, values: values) }

    private func made(_ test: Case, of models: [ParameterVector]) throws -> ParameterVector {
        let behaviour = try BehaviourChoice(
            name: test.behaviour, settings: test.settings.map { (name: $0.key, text: $0.value) }
        ).make()
        let start = vector(Self.problem.start)
        let attack = AttackContext(round: 1, cohort: test.cohort, attackers: test.attackers)
        guard let model = test.model else {
            return behaviour.forge(KnownUpdates(start: start, models: models), attack)
        }
        #expect(behaviour.knowledge == nil)
        var trained = models[model]
        var stream = RandomStream(seed: 1, purpose: .attackNoise)
        behaviour.distort(&trained, from: start, attack, &stream)
        return trained
    }

    @Test("A behaviour is its paper's equations", arguments: problem.cases)
    func reference(_ test: Case) throws {
        let found = try made(test, of: Self.problem.models.map { vector($0) })
        for (one, other) in zip(found.values, test.result) {
            #expect(abs(Double(one) - other) <= 2e-6 * max(1, abs(other)))
        }
    }

    @Test("Every behaviour that makes something of updates, and draws nothing, has a reference")
    func complete() {
        let drawn = ["label-flip", "noisy-labels", "backdoor", "lazy", "free-rider", "gaussian"]
        #expect(Set(Self.problem.cases.map(\.behaviour)).union(drawn) == Set(Behaviours.all.map { $0.name }))
    }

    @Test("Names, words and defaults are in order")
    func declarations() throws {
        let names = Behaviours.all.map { $0.name }
        #expect(Set(names).count == names.count)
        for type in Behaviours.all {
            #expect(type.name == type.name.lowercased() && !type.summary.isEmpty && type.citation.contains("20"))
            #expect(BehaviourChoice(type).make().obstacle(classes: 10) == nil)
            for setting in type.settings {
                #expect(setting.value(of: setting.standard.text) == setting.standard)
                #expect(!["kind", "share", "clients", "from", "until"].contains(setting.name))
            }
        }
    }

    @Test("Who knows nobody, or one client alone, sends what there is")
    func few() throws {
        for test in Self.problem.cases where test.model == nil {
            let start = vector(Self.problem.start)
            #expect(try made(test, of: []) == start)
            let one = try made(test, of: [vector(Self.problem.models[0])])
            #expect(one.isFinite)
        }
    }
}
