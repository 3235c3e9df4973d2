import Federation
import NIOCore
import Parameters
import Testing
import Wire

/// The whole session of the golden vectors, which stands in the protocol's description.
@Suite struct SessionTests {
    private let model = ParameterVector(layout: Samples.layout, values: [0.5, -0.25, 1, 0, 2, -1, 0.125, -0.5])
    private let trained = ParameterVector(
        layout: Samples.layout, values: [0.375, -0.5, 1.5, 0, 1.75, -1, 0.25, -0.625])
    private let key = UpdateKey(round: 1, client: ClientID(0), attempt: 1)

    /// Both sides take all that the other sends, in the order of the file, and come to the same parameters.
    @Test func bothSidesTakeIt() throws {
        let hello = Samples.hello(.clients(Samples.clients(0)))
        var coordinator = CoordinatorSession()
        var worker = WorkerSession(hello: hello)
        let fromWorker = FrameDecoder(payloadLimit: WireLimits.default.greetingPayload)
        let fromCoordinator = FrameDecoder(payloadLimit: WireLimits.default.framePayload)
        var download: IncomingTransfer?
        var upload: IncomingTransfer?
        var received: [ParameterVector] = []
        for (side, var bytes) in try Golden.session() {
            let decoder = side == "worker" ? fromWorker : fromCoordinator
            while let message = try decoder.decode(buffer: &bytes) {
                if side == "worker" {
                    try worker.sent(message)
                    try coordinator.receive(message)
                } else {
                    try coordinator.sent(message)
                    try worker.receive(message)
                }
                switch message {
                case .modelHeader(let header):
                    download = try IncomingTransfer(
                        byteCount: header.byteCount, codec: header.codec, digest: header.digest, layout: Samples.layout)
                case .updateHeader(let header):
                    upload = try IncomingTransfer(
                        byteCount: header.byteCount, codec: header.codec, digest: header.digest, layout: Samples.layout)
                case .modelChunk(let chunk):
                    if try download?.append(offset: chunk.offset, bytes: chunk.bytes) == true {
                        received.append(try #require(try download?.finish()))
                    }
                case .updateChunk(let chunk):
                    if try upload?.append(offset: chunk.offset, bytes: chunk.bytes) == true {
                        received.append(try #require(try upload?.finish()))
                    }
                default: break
                }
            }
            #expect(bytes.readableBytes == 0)
        }
        #expect(received == [model, trained])
        #expect(coordinator.isClosed && worker.isClosed)
    }

    /// This side would have sent the very same bytes.
    @Test func bothSidesSendIt() throws {
        let encoded = EncodedModel(parameters: model, round: 1, chunkSize: 24)
        let update = OutgoingUpdate(
            key: key, examples: 30_000, loss: 0.5, accuracy: 0.75, steps: 3000, trainMicroseconds: 1_500_000,
            parameters: trained, chunkSize: 24)
        let invitation = Invitation(
            round: 1, settings: Samples.invitation().settings, codec: .f32, deadlineMilliseconds: 60_000,
            clients: [.init(client: ClientID(0), attempt: 1)])
        let preface = ByteBuffer(bytes: Wire.preface)
        let ready = Ready(
            dataDigest: Samples.data, clients: [.init(client: ClientID(0), examples: 30_000)], isLast: true)
        let parts: [(String, [ByteBuffer])] = [
            ("worker", [preface, Message.hello(Samples.hello(.clients(Samples.clients(0)))).frame()]),
            ("coordinator", [preface, Message.welcome(Samples.welcome()).frame()]),
            ("worker", [Message.ready(ready).frame()]),
            (
                "coordinator",
                [
                    encoded.frames[0], encoded.frames[1], Message.ping(Ping(nonce: 1)).frame(), encoded.frames[2],
                    Message.invitation(invitation).frame(),
                ]
            ),
            ("worker", [Message.pong(Pong(nonce: 1)).frame()] + Array(update)),
            (
                "coordinator",
                [
                    Message.receipt(Receipt(key: key, outcome: .accepted)).frame(),
                    Message.roundClosed(RoundClosed(round: 1)).frame(),
                    Message.goodbye(Goodbye(reason: .runFinished, text: "1 round")).frame(),
                ]
            ),
        ]
        let session = try Golden.session()
        #expect(session.map { String($0.side) } == parts.map(\.0))
        for (expected, part) in zip(session, parts) {
            var bytes = ByteBuffer()
            for frame in part.1 { bytes.writeImmutableBuffer(frame) }
            #expect(bytes == expected.bytes)
        }
    }
}
