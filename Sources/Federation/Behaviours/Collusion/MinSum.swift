public import Parameters
public import Settings

/// Min-sum: all attackers send μ + γ ∇p with the largest γ for which the sum of their squared distances from the updates that they
/// know is no larger than that of any of these from the others.
///
/// The paper searches γ by halving; here it is the solution of the quadratic inequality that the search approaches. The paper's
/// attackers know the updates of all honest clients, or their own.
public struct MinSum: Behaviour {
    public static let name = "min-sum"
    public static let summary =
        "sends the mean moved as far as keeps the sum of its distances below that of an update it knows"
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
            let sum = distances.polynomials().reduce((a: 0, b: 0, c: 0)) { ($0.a + $1.a, $0.b + $1.b, $0.c + $1.c) }
            return Perturbation.Distances.largest(sum, upTo: distances.largestSum)
        }
    }
}
