import Parameters
import Wire

/// A round's model as frames, for each size of chunk that was agreed on; nearly always one.
struct RoundModels {
    let round: UInt32
    /// Never empty.
    private var models: [EncodedModel]

    /// - Parameters:
    ///   - broadcast: what goes out.
    ///   - seed: of the run.
    ///   - chunkSize: the one that most workers agree on.
    init(of broadcast: Parts, round: UInt32, codec: Codec, seed: UInt64, chunkSize: Int) {
        self.round = round
        models = [EncodedModel(broadcast, round: round, codec: codec, seed: seed, chunkSize: chunkSize)]
    }

    /// The frames, made once for all workers that agreed on the same chunks.
    mutating func frames(chunkSize: Int) -> EncodedModel {
        if let model = models.first(where: { $0.chunkSize == chunkSize }) { return model }
        let model = models[0].again(chunkSize: chunkSize)
        models.append(model)
        return model
    }
}
