public import Learning
public import Randomness
public import Settings

/// A backdoor: a part of the client's images gets a white square in the corner at the bottom right and the label `target`, so
/// that the global model answers `target` wherever it sees the square and is right elsewhere. With ``ModelReplacement`` in the
/// same group of clients it is the attack of Bagdasaryan et al. 2020.
public struct Backdoor: Behaviour {
    public static let name = "backdoor"
    public static let summary = "trains on images with a pattern in a corner and a label of the attacker's choice"
    public static let citation =
        "Gu et al., BadNets: Identifying Vulnerabilities in the Machine Learning Model Supply Chain, 2017, Section 3"
    public static let settings: [Setting] = [
        .target,
        Setting("poisoned", .above(0, upTo: 1), default: 0.5, "the part of the client's images that get the pattern"),
        Setting("side", .wholeNumber(1...10), default: .wholeNumber(3), "how many pixels wide and high the pattern is"),
    ]

    private let target: Int
    private let poisoned: Double
    private let side: Int

    public init(_ values: SettingValues) {
        target = values.wholeNumber("target")
        poisoned = values.number("poisoned")
        side = values.wholeNumber("side")
    }

    public func obstacle(classes: Int) -> String? {
        target < classes ? nil : "wants class \(target), and the classes are 0 to \(classes - 1)"
    }

    public func poison(_ examples: inout EditableExamples, _ stream: inout RandomStream) {
        let count = Int((poisoned * Double(examples.count)).rounded(.up))
        for index in stream.sample(count, below: examples.count) { mark(&examples, index) }
    }

    /// Test images of all other classes with the pattern.
    public func trial(_ test: ExampleSet) -> ExampleSet? {
        guard target < test.classes else { return nil }
        var examples = EditableExamples(
            test, at: test.labels.indices.filter { Int(test.labels[$0]) != target }.map { Int32($0) })
        for index in 0..<examples.count { mark(&examples, index) }
        return ExampleSet(examples)
    }

    private func mark(_ examples: inout EditableExamples, _ index: Int) {
        let shape = examples.shape
        for channel in 0..<shape.channels {
            for row in max(0, shape.height - side)..<shape.height {
                for column in max(0, shape.width - side)..<shape.width {
                    examples.images[((index * shape.channels + channel) * shape.height + row) * shape.width + column] =
                        255
                }
            }
        }
        examples.labels[index] = UInt8(clamping: target)
    }
}
