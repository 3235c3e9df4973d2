public import Parameters
public import Settings

/// Min-max: all attackers send μ + γ ∇p with the largest γ for which they are no further from any update that they know than the
/// two of these that are furthest apart.
///
/// The paper searches γ by halving; here it is the solution of the quadratic inequality that the search approaches. The paper's
/// attackers know the updates of all honest clients, or their own.
public struct MinMax: Behaviour {
    public static let name = "min-max"
    public static let summary =
        "sends the mean moved as far as stays within the largest distance of two updates it knows"
    public static let citation =
        "Shejwalkar and Houmansadr, Manipulating the Byzantine: Optimizing Model Poisoning Attacks and Defenses for "
        + "Federated Learning, 2021, Section IV-D"
    public static let settings: [Setting] = [Perturbation.setting, Knowledge.setting(default: .honest)]

    private let perturbation: Perturbation
    public let knowledge: Knowledge?

    public init(_ values: SettingValues) {
        perturbation = Perturbation(values)
        knowledge = Knowledge(values)
    }

    public func forge(_ known: KnownUpdates, _ attack: AttackContext) -> ParameterVector {
        perturbation.forge(known) { distances in
            let limit = distances.largestDistance
            return distances.polynomials().map { Perturbation.Distances.largest($0, upTo: limit) }.min() ?? 0
        }
    }
}
