public import Learning
public import Randomness
public import Settings

/// Label flipping: the client trains on its own images with wrong labels.
///
/// `all`: y becomes L − 1 − y for L classes, as in Fang et al. 2020; `pairwise`: y becomes y + 1 mod L; `targeted`: the class
/// `source` becomes `target`, the others stay, as in Tolpegin et al.
public struct LabelFlip: Behaviour {
    public static let name = "label-flip"
    public static let summary = "trains on its images with wrong labels"
    public static let citation =
        "Tolpegin et al., Data Poisoning Attacks Against Federated Learning Systems, 2020, Section 3"
    public static let settings: [Setting] = [
        Setting(
            "flip", .word(Flip.allCases.map(\.rawValue)), default: .word("all"),
            "which labels are wrong: all (y becomes L - 1 - y), pairwise (y becomes y + 1 mod L), targeted (source becomes target)"
        ),
        Setting("source", .wholeNumber(0...255), default: .wholeNumber(0), "the class that a targeted flip takes"),
        .target,
    ]

    private enum Flip: String, CaseIterable {
        case all, pairwise, targeted
    }

    private let flip: Flip
    private let source: Int
    private let target: Int

    public init(_ values: SettingValues) {
        flip = Flip(rawValue: values.word("flip")) ?? .all
        source = values.wholeNumber("source")
        target = values.wholeNumber("target")
    }

    public func obstacle(classes: Int) -> String? {
        guard flip == .targeted else { return nil }
        if max(source, target) >= classes {
            return "names class \(max(source, target)), and the classes are 0 to \(classes - 1)"
        }
        return source == target ? "takes source \(source) for target \(target), so that nothing would change" : nil
    }

    public func poison(_ examples: inout EditableExamples, _ stream: inout RandomStream) {
        let classes = examples.classes
        for index in examples.labels.indices {
            let label = Int(examples.labels[index])
            let wrong =
                switch flip {
                case .all: classes - 1 - label
                case .pairwise: (label + 1) % classes
                case .targeted: label == source ? target : label
                }
            examples.labels[index] = UInt8(clamping: wrong)
        }
    }

    /// A targeted flip succeeds where test images of the source class are taken for the target's.
    public func trial(_ test: ExampleSet) -> ExampleSet? {
        guard flip == .targeted, source != target, target < test.classes else { return nil }
        var examples = EditableExamples(
            test, at: test.labels.indices.filter { Int(test.labels[$0]) == source }.map { Int32($0) })
        for index in examples.labels.indices { examples.labels[index] = UInt8(clamping: target) }
        return ExampleSet(examples)
    }
}

extension Setting {
    /// The class that an attack wants.
    static var target: Setting {
        Setting(
            "target", .wholeNumber(0...255), default: .wholeNumber(1), "the class that the attack wants to be answered")
    }
}
