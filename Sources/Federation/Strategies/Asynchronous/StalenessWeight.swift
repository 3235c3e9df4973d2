internal import Randomness
package import Settings

/// s(τ), what an update counts whose model is τ models old; 1 for one that is not (Xie et al. 2019, Section 5.2).
public enum StalenessWeight: Sendable, Hashable {
    /// Always 1.
    case constant
    /// (1 + τ)^(−a); with a = ½ that of FedBuff.
    case polynomial(a: Double)
    /// 1 up to τ = b, then 1 / (a (τ − b) + 1).
    case hinge(a: Double, b: Int)

    private enum Name: String, CaseIterable { case constant, polynomial, hinge }

    /// The keys of a strategy that leaves the choice to the scenario.
    static let settings: [Setting] = [
        Setting(
            "staleness", .word(Name.allCases.map(\.rawValue)), default: .word(Name.polynomial.rawValue),
            "s(τ), what an update counts that is τ models behind: 1, or (1 + τ)^(−a), or 1 up to τ = b and 1 / (a (τ − b) + 1) then"
        ),
        Setting("polynomial_a", .above(0, upTo: 10), default: 0.5, "a of the polynomial")
            .needing("staleness", Name.polynomial.rawValue),
        Setting("hinge_a", .above(0, upTo: 1000), default: 10, "a of the hinge")
            .needing("staleness", Name.hinge.rawValue),
        Setting("hinge_b", .wholeNumber(0...10_000), default: .wholeNumber(4), "b of the hinge")
            .needing("staleness", Name.hinge.rawValue),
    ]

    package init(_ values: SettingValues) {
        self =
            switch Name(rawValue: values.word("staleness")) {
            case .polynomial: .polynomial(a: values.number("polynomial_a"))
            case .hinge: .hinge(a: values.number("hinge_a"), b: values.wholeNumber("hinge_b"))
            case .constant, nil: .constant
            }
    }

    /// s(τ), above 0 and at most 1.
    public func weight(_ staleness: Int) -> Double {
        let age = Double(staleness)
        return switch self {
        case .constant: 1
        // A square root is the same everywhere.
        case .polynomial(0.5): 1 / (1 + age).squareRoot()
        case .polynomial(let a): staleness == 0 ? 1 : PortableMath.pow(1 + age, -a)
        case .hinge(let a, let b): staleness <= b ? 1 : 1 / (a * Double(staleness - b) + 1)
        }
    }
}
