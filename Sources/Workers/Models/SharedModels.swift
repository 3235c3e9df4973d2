import Parameters
import Synchronization

/// Finds the global model that another connection of this process has received already, so that a process holds it once
/// however many connections it has. It keeps no model itself.
final class SharedModels: Sendable {
    private struct Latest {
        weak var model: RoundModel?
    }

    private let latest = Mutex(Latest())

    /// The model with this digest, if anybody holds it.
    func model(with digest: ContentDigest) -> RoundModel? {
        guard let model = latest.withLock({ $0.model }), model.parameters.digest == digest else { return nil }
        return model
    }

    /// Whether anybody holds the model that was received last.
    var isHeld: Bool { latest.withLock { $0.model != nil } }

    /// A model that has been received; the one that is there already if it is the same.
    func share(_ parameters: ParameterVector) -> RoundModel {
        let parameters = parameters.rememberingDigest()
        return latest.withLock { latest in
            if let model = latest.model, model.parameters.digest == parameters.digest { return model }
            let model = RoundModel(parameters)
            latest.model = model
            return model
        }
    }
}
