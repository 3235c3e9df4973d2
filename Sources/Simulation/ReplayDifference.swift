public import Federation
public import Parameters

/// Something that the record says and that does not come out when it is done again.
public enum ReplayDifference: Sendable {
    /// Others were selected.
    case cohort(round: Int, recorded: [ClientID], selected: [ClientID])
    /// The client was dealt another number of examples.
    case examples(round: Int, client: ClientID, recorded: Int, found: Int)
    case update(round: Int, client: ClientID, recorded: ContentDigest?, found: ContentDigest)
    /// The update is the same, the client's loss, accuracy, number of steps or what its held-out examples say is not.
    case metrics(round: Int, client: ClientID)
    /// The client misbehaves otherwise than the record says.
    case behaviours(round: Int, client: ClientID, recorded: String?, found: String?)
    /// The model is the same, what the round's attacks come to with it is not.
    case attacks(round: Int)
    case model(round: Int, recorded: ContentDigest, found: ContentDigest)
    /// The model is the same, what the server remembers with it is not.
    case state(round: Int, recorded: ContentDigest, found: ContentDigest)
    /// The model is the same, its evaluation is not.
    case evaluation(
        round: Int, recorded: (accuracy: Double, loss: Double), found: (accuracy: Double, loss: Double))
    /// The same is, but not for the examples of each class.
    case classes(round: Int)
    /// The same of the examples that no client has.
    case validation(
        round: Int, recorded: (accuracy: Double, loss: Double), found: (accuracy: Double, loss: Double))

    public var round: Int {
        switch self {
        case .cohort(let round, _, _), .examples(let round, _, _, _), .update(let round, _, _, _),
            .metrics(let round, _), .behaviours(let round, _, _, _), .attacks(let round), .classes(let round),
            .model(let round, _, _), .state(let round, _, _), .evaluation(let round, _, _),
            .validation(let round, _, _):
            round
        }
    }

    /// Whose part in the round it is about, if it is one client's.
    public var client: ClientID? {
        switch self {
        case .examples(_, let client, _, _), .update(_, let client, _, _), .metrics(_, let client),
            .behaviours(_, let client, _, _):
            client
        case .cohort, .attacks, .model, .state, .evaluation, .classes, .validation: nil
        }
    }
}

extension ReplayDifference: CustomStringConvertible {
    public var description: String {
        let place = client.map { "round \(round), client \($0)" } ?? "round \(round)"
        return switch self {
        case .cohort(_, let recorded, let selected):
            "\(place): the scenario selects the clients \(Self.list(selected)), the record has \(Self.list(recorded))"
        case .examples(_, _, let recorded, let found):
            "\(place): the client has \(found) examples, the record says \(recorded)"
        case .update(_, _, let recorded, let found):
            "\(place): the update is \(found.short)…, the record has \(recorded.map { "\($0.short)…" } ?? "none")"
        case .metrics:
            "\(place): the update is the recorded one, but loss, accuracy, steps or what its held-out examples say are not"
        case .behaviours(_, _, let recorded, let found):
            "\(place): by the scenario its behaviour is \(found ?? "honest"), the record says \(recorded ?? "honest")"
        case .attacks:
            "\(place): the model is the recorded one, but what its attacks come to is not"
        case .model(_, let recorded, let found):
            "\(place): the model is \(found.short)…, the record has \(recorded.short)…"
        case .state(_, let recorded, let found):
            "\(place): the model is the recorded one, but the server's state is \(found.short)…, the record has "
                + "\(recorded.short)…"
        case .evaluation(_, let recorded, let found):
            "\(place): the model is the recorded one, but its test accuracy is \(found.accuracy) and its loss "
                + "\(found.loss), in the record \(recorded.accuracy) and \(recorded.loss)"
        case .classes:
            "\(place): the model is the recorded one, but what it knows of the test examples of each class is not"
        case .validation(_, let recorded, let found):
            "\(place): the model is the recorded one, but on the examples that no client has its accuracy is "
                + "\(found.accuracy) and its loss \(found.loss), in the record \(recorded.accuracy) and \(recorded.loss)"
        }
    }

    private static func list(_ clients: [ClientID]) -> String {
        let shown = clients.prefix(12).map(\.description).joined(separator: ", ")
        return clients.count > 12 ? "\(shown), …" : shown
    }
}
