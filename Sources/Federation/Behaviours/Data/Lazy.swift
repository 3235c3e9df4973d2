public import Learning
public import Randomness
public import Settings

/// A lazy client: it trains on the first part of its examples alone and claims to have used all of them. No attack: a client
/// that saves work.
public struct Lazy: Behaviour {
    public static let name = "lazy"
    public static let summary = "trains on a part of its examples and claims all of them"
    public static let citation =
        "this project; compare Li et al., Federated Optimization in Heterogeneous Networks, 2020, Section 1"
    public static let settings: [Setting] = [
        Setting("work", .above(0, upTo: 1), default: 0.1, "the part of its examples that a lazy client trains on")
    ]

    private let work: Double

    public init(_ values: SettingValues) {
        work = values.number("work")
    }

    public func poison(_ examples: inout EditableExamples, _ stream: inout RandomStream) {
        examples.keepFirst(max(1, Int((work * Double(examples.count)).rounded())))
    }
}
