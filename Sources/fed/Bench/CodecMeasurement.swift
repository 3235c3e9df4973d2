import Learning
import NIOCore
import Parameters
import Terminal
import Wire

/// How long a model takes from parameters to the frames that a connection sends, and back: encoding, chunks, checksums
/// and digest, on one thread, without a socket.
struct CodecMeasurement: BenchMeasurement {
    struct Result: Encodable {
        let model: String
        let codec: String
        /// Of all frames.
        let bytes: Int
        /// Medians, for one model.
        let encodeSeconds: Double
        let decodeSeconds: Double
        /// Bytes of parameters a second.
        let encodeBytesPerSecond: Double
        let decodeBytesPerSecond: Double
        let repeats: Int
    }

    private let model: ModelDefinition
    private let codec: Codec
    private let parameters: ParameterVector
    private let broadcast: Parts
    private var bytes = 0
    private var encode = Repeated()
    private var decode = Repeated()

    /// Bytes that one measurement goes through at least, so that the clock can tell.
    private static let leastBytes = 20_000_000

    init(model: ModelDefinition, codec: Codec) {
        self.model = model
        self.codec = codec
        parameters = model.initialParameters(seed: 1)
        broadcast = Parts(layout: PartsLayout(parameters.layout, vectors: ["model"]), values: parameters)
    }

    mutating func measure() throws {
        let count = max(1, Self.leastBytes / model.layout.byteCount)
        let clock = ContinuousClock()
        let start = clock.now
        var encoded: [EncodedModel] = []
        for _ in 0..<count {
            encoded = [
                EncodedModel(broadcast, round: 1, codec: codec, seed: 1, chunkSize: WireLimits.default.chunkSize)
            ]
        }
        let middle = clock.now
        for model in encoded {
            for _ in 0..<count { try receive(model) }
            bytes = model.frameBytes
        }
        let end = clock.now
        encode.note((middle - start) / .seconds(1) / Double(count))
        decode.note((end - middle) / .seconds(1) / Double(count))
    }

    private func receive(_ encoded: EncodedModel) throws {
        let decoder = FrameDecoder(payloadLimit: WireLimits.default.framePayload)
        var preface = ByteBuffer(bytes: Wire.preface)
        _ = try decoder.decode(buffer: &preface)
        var transfer: IncomingTransfer?
        for frame in encoded.frames {
            var frame = frame
            switch try decoder.decode(buffer: &frame) {
            case .modelHeader(let header):
                transfer = try IncomingTransfer(
                    byteCount: header.byteCount, codec: header.codec, digest: header.digest, layout: parameters.layout)
            case .modelChunk(let chunk):
                _ = try transfer?.append(offset: chunk.offset, bytes: chunk.bytes)
            default: break
            }
        }
        _ = try transfer?.finish()
    }

    var result: Result {
        Result(
            model: model.name, codec: "\(codec)", bytes: bytes, encodeSeconds: encode.median,
            decodeSeconds: decode.median, encodeBytesPerSecond: Double(model.layout.byteCount) / encode.median,
            decodeBytesPerSecond: Double(model.layout.byteCount) / decode.median, repeats: encode.count)
    }

    static func table(_ results: [Result]) -> Table {
        var table = Table([
            .init("Model"), .init("Codec"), .number("Frames"), .number("Encode"), .number("Pace"),
            .number("Decode"), .number("Pace"),
        ])
        for result in results {
            table.append([
                .init(result.model), .init(result.codec), .init(NumberFormat.bytes(result.bytes)),
                .init(NumberFormat.duration(seconds: result.encodeSeconds)),
                .init(NumberFormat.bytes(perSecond: result.encodeBytesPerSecond)),
                .init(NumberFormat.duration(seconds: result.decodeSeconds)),
                .init(NumberFormat.bytes(perSecond: result.decodeBytesPerSecond)),
            ])
        }
        return table
    }
}
