import Parameters
import Wire

/// A round's model as frames, for each size of chunk that was agreed on; nearly always one.
struct RoundModels {
    let round: UInt32
    private let parameters: ParameterVector
    private let codec: Codec
    private var models: [Int: EncodedModel] = [:]

    init(of parameters: ParameterVector, round: UInt32, codec: Codec) {
        self.parameters = parameters
        self.round = round
        self.codec = codec
    }

    /// The frames, made once for all workers that agreed on the same chunks.
    mutating func frames(chunkSize: Int) -> EncodedModel {
        if let model = models[chunkSize] { return model }
        let model = EncodedModel(parameters: parameters, round: round, codec: codec, chunkSize: chunkSize)
        models[chunkSize] = model
        return model
    }
}
