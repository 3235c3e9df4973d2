import Federation
import Learning
import Parameters
import Randomness
import Settings
import Testing

/// What clients that misbehave make of their own examples, and of noise.
@Suite struct PoisoningTests {
    /// 200 images of 4 × 5 pixels, ten classes in turn.
    private static let examples = ExampleSet(
        shape: ImageShape(channels: 1, height: 4, width: 5), classes: 10,
        images: (0..<200 * 20).map { UInt8($0 % 200) }, labels: (0..<200).map { UInt8($0 % 10) })

    private func poisoned(
        _ name: String, _ settings: [String: String] = [:], client: UInt32 = 3
    ) throws -> EditableExamples {
        let choice = try BehaviourChoice(name: name, settings: settings.map { (name: $0.key, text: $0.value) })
        var examples = EditableExamples(Self.examples, at: (0..<200).map { Int32($0) })
        var stream = RandomStream(seed: 5, purpose: .poisoning, client: client)
        choice.make().poison(&examples, &stream)
        return examples
    }

    @Test("Labels are flipped as the scenario says, images stay")
    func labelFlip() throws {
        let honest = Self.examples.labels
        #expect(try poisoned("label-flip").labels == honest.map { 9 - $0 })
        #expect(try poisoned("label-flip", ["flip": "pairwise"]).labels == honest.map { ($0 + 1) % 10 })
        let targeted = try poisoned("label-flip", ["flip": "targeted", "source": "3", "target": "8"])
        #expect(targeted.labels == honest.map { $0 == 3 ? 8 : $0 })
        #expect(targeted.images == Array(Self.examples.images))
    }

    @Test("As many labels are wrong as the noise says, and none is what it was")
    func noisyLabels() throws {
        let some = try poisoned("noisy-labels", ["noise": "0.3"])
        let wrong = zip(some.labels, Self.examples.labels).count { $0 != $1 }
        #expect((40...80).contains(wrong))
        #expect(try poisoned("noisy-labels", ["noise": "0.3"]) == some)
        #expect(try poisoned("noisy-labels", ["noise": "0.3"], client: 4) != some)
        let all = try poisoned("noisy-labels", ["noise": "1"])
        #expect(zip(all.labels, Self.examples.labels).allSatisfy { $0 != $1 } && Set(all.labels).count == 10)
        #expect(try poisoned("noisy-labels", ["noise": "0"]).labels == Self.examples.labels)
    }

    @Test("A backdoor is a white square at the bottom right with the attacker's label, on a part of the images")
    func backdoor() throws {
        let marked = try poisoned("backdoor", ["target": "7", "poisoned": "0.25", "side": "2"])
        let honest = Array(Self.examples.images)
        let corner = [13, 14, 18, 19]
        var count = 0
        for index in 0..<200 {
            let image = marked.images[index * 20..<(index + 1) * 20]
            let original = honest[index * 20..<(index + 1) * 20]
            if image == original { continue }
            count += 1
            #expect(corner.allSatisfy { image[index * 20 + $0] == 255 } && marked.labels[index] == 7)
            for place in 0..<20 where !corner.contains(place) {
                #expect(image[index * 20 + place] == original[index * 20 + place])
            }
        }
        #expect(count == 50)
        // Larger than the images are.
        #expect(try poisoned("backdoor", ["side": "10", "poisoned": "1"]).images.allSatisfy { $0 == 255 })
    }

    @Test("Examples of few classes have more when an attack wants another")
    func otherClasses() throws {
        let few = ExampleSet(
            shape: ImageShape(channels: 1, height: 2, width: 2), classes: 3, images: [UInt8](repeating: 9, count: 40),
            labels: (0..<10).map { UInt8($0 % 3) })
        var examples = EditableExamples(few, at: (0..<10).map { Int32($0) })
        var stream = RandomStream(seed: 1, purpose: .poisoning)
        try BehaviourChoice(name: "backdoor", settings: [("target", "7")]).make().poison(&examples, &stream)
        #expect(ExampleSet(examples).classes == 8)
        #expect(ExampleSet(EditableExamples(few, at: [0, 1])).classes == 3)
    }

    @Test("Whether a backdoor works is seen on test images of the other classes")
    func trials() throws {
        let backdoor = try BehaviourChoice(name: "backdoor", settings: [("target", "7"), ("side", "1")]).make()
        let trial = try #require(backdoor.trial(Self.examples))
        #expect(trial.count == 180 && trial.labels.allSatisfy { $0 == 7 })
        #expect((0..<180).allSatisfy { trial.images[$0 * 20 + 19] == 255 })
        let flip = try BehaviourChoice(
            name: "label-flip", settings: [("flip", "targeted"), ("source", "2"), ("target", "4")]
        ).make()
        let flipped = try #require(flip.trial(Self.examples))
        #expect(flipped.count == 20 && flipped.labels.allSatisfy { $0 == 4 })
        #expect(BehaviourChoice(LabelFlip.self).make().trial(Self.examples) == nil)
        #expect(BehaviourChoice(GaussianNoise.self).make().trial(Self.examples) == nil)
    }

    @Test("A lazy client trains on its first examples, and on one at least")
    func lazy() throws {
        let some = try poisoned("lazy", ["work": "0.1"])
        #expect(some.labels == Array(Self.examples.labels.prefix(20)) && some.images.count == 20 * 20)
        #expect(try poisoned("lazy", ["work": "0.0001"]).count == 1)
    }

    @Test("Noise has its deviation; a free rider's grows smaller from round to round")
    func noise() throws {
        let layout = ParameterLayout([("x", [20_000])])
        let start = ParameterVector(zerosFor: layout)
        func deviation(_ name: String, _ settings: [(name: String, text: String)], round: UInt32) throws -> Double {
            let behaviour = try BehaviourChoice(name: name, settings: settings).make()
            var trained = start
            var stream = RandomStream(seed: 9, purpose: .attackNoise, round: round, client: 1)
            behaviour.distort(
                &trained, from: start, AttackContext(round: round, cohort: 10, attackers: 1), &stream)
            return (trained.squaredDistance(to: start) / 20_000).squareRoot()
        }
        #expect(abs(try deviation("gaussian", [("deviation", "3")], round: 1) - 3) < 0.06)
        #expect(try deviation("free-rider", [], round: 1) == 0)
        let disguise = [(name: "phi", text: "0.5"), (name: "gamma", text: "0.5")]
        #expect(abs(try deviation("free-rider", disguise, round: 1) - 0.5) < 0.01)
        #expect(abs(try deviation("free-rider", disguise, round: 16) - 0.125) < 0.003)
        #expect(!BehaviourChoice(FreeRider.self).make().trains)
    }

    @Test("What cannot succeed is an obstacle")
    func obstacles() throws {
        func obstacle(_ name: String, _ settings: [(name: String, text: String)]) throws -> String? {
            try BehaviourChoice(name: name, settings: settings).make().obstacle(classes: 10)
        }
        #expect(try obstacle("backdoor", [("target", "10")]) != nil)
        #expect(try obstacle("backdoor", [("target", "9")]) == nil)
        #expect(try obstacle("label-flip", [("flip", "targeted"), ("source", "3"), ("target", "3")]) != nil)
        #expect(try obstacle("label-flip", [("flip", "targeted"), ("source", "12"), ("target", "3")]) != nil)
        #expect(try obstacle("label-flip", [("source", "12")]) == nil)
    }
}
