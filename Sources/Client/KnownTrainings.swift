import Federation
import Learning
import Parameters
import Synchronization

/// The honest updates that clients which collude know, and what they make of them: in each round trained once in this process,
/// by the threads on which the attackers train, and kept until the next round.
final class KnownTrainings: Sendable {
    /// What the updates are a function of, beside the client.
    private struct Round: Equatable {
        let number: UInt32
        let model: ContentDigest
        let settings: TrainingSettings
    }

    private struct State {
        var round: Round?
        /// Those that are trained; `nil` for one whose training diverged.
        var models: [ClientID: ParameterVector?] = [:]
        var begun: Set<ClientID> = []
        /// What the behaviour at each place of the scenario's list has made of them.
        var forged: [UInt8: ParameterVector] = [:]
    }

    private let state = Mutex(State())

    /// The model that all clients which behave like this claim.
    ///
    /// - Parameters:
    ///   - start: the round's model.
    ///   - train: gives the model that a client would train honestly; `nil` if its training diverges.
    func forged(
        _ order: RoundBehaviour, _ behaviour: any Behaviour, from start: ParameterVector, settings: TrainingSettings,
        train: (ClientID) throws(TrainingFailure) -> ParameterVector?
    ) throws(TrainingFailure) -> ParameterVector {
        let round = Round(number: order.attack.round, model: start.digest, settings: settings)
        state.withLock { state in
            guard state.round != round else { return }
            state = State(round: round)
        }
        // Of several threads each takes another client; at the end they train the last ones beside one another instead of
        // waiting.
        var own: [ClientID: ParameterVector?] = [:]
        while let client = next(for: order, round, without: own) {
            let model = try train(client)
            own[client] = .some(model)
            state.withLock { state in
                if state.round == round { state.models[client] = .some(model) }
            }
        }
        let models = state.withLock { state in
            order.known.compactMap { client in own[client] ?? (state.round == round ? state.models[client] : nil) ?? nil
            }
        }
        if let forged = forged(for: order, round) { return forged }
        let forged = behaviour.forge(KnownUpdates(start: start, models: models), order.attack)
        state.withLock { state in
            if state.round == round { state.forged[order.place] = forged }
        }
        return forged
    }

    private func forged(for order: RoundBehaviour, _ round: Round) -> ParameterVector? {
        state.withLock { $0.round == round ? $0.forged[order.place] : nil }
    }

    /// A client that has yet to be trained, one that no other thread trains if there is one; `nil` where none is needed any more.
    private func next(
        for order: RoundBehaviour, _ round: Round, without own: [ClientID: ParameterVector?]
    ) -> ClientID? {
        state.withLock { state in
            let isCurrent = state.round == round
            guard !isCurrent || state.forged[order.place] == nil else { return nil }
            let left = order.known.filter { own[$0] == nil && !(isCurrent && state.models[$0] != nil) }
            guard let client = left.first(where: { !state.begun.contains($0) }) ?? left.first else { return nil }
            if isCurrent { state.begun.insert(client) }
            return client
        }
    }
}
