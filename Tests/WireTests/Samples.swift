import Datasets
import Federation
import Learning
import NIOCore
import Parameters
import Wire

/// Values that the golden vectors are made of: patterns, so that a field out of place shows.
enum Samples {
    static let run = WireIdentifier(bytes: 0x10..<0x20 as Range<UInt8>)!
    static let worker = WireIdentifier(bytes: 0xA0..<0xB0 as Range<UInt8>)!
    static let data = ContentDigest(bytes: 0x20..<0x40 as Range<UInt8>)!
    static let digest = ContentDigest(bytes: 0x40..<0x60 as Range<UInt8>)!
    static let workerNonce = Octets32(bytes: 0xB0..<0xD0 as Range<UInt8>)!
    static let coordinatorNonce = Octets32(bytes: 0xD0..<0xF0 as Range<UInt8>)!
    static let layout = ParameterLayout([("weight", [2, 3]), ("bias", [2])])
    static let key = UpdateKey(round: 7, client: ClientID(3), attempt: 2)

    static func clients(_ ids: UInt32...) -> [ClientID] {
        ids.map { ClientID($0) }
    }

    static func hello(_ hosting: Hello.Hosting = .share, capabilities: Capabilities = []) -> Hello {
        Hello(
            capabilities: capabilities, maxFramePayload: 1_114_112, workerID: worker, workerName: "edge-1",
            software: "fed-client 1.0",
            hosting: hosting, ownData: false, codecs: [1], strategies: ["fedavg", "scaffold"])
    }

    static func hello(tokens: [ClientID]) -> Hello {
        var hello = hello()
        hello.tokens = TokenOffer(nonce: workerNonce, clients: tokens)
        return hello
    }

    static let challenge = Challenge(nonce: coordinatorNonce, run: run)

    static func proofs(_ clients: [ClientID]) -> [ClientProof] {
        clients.map { ClientProof(client: $0, value: workerNonce) }
    }

    static func welcome(
        assigned: [ClientID] = clients(0), population: UInt32 = 2, capabilities: Capabilities = []
    ) -> Welcome {
        Welcome(
            capabilities: capabilities, run: run, seed: 42, maxFramePayload: 1_114_112, chunkSize: 24,
            heartbeatMilliseconds: 5000,
            model: "example", layout: layout, dataset: .mnist, datasetDigest: data, trainCount: 60_000, classes: 10,
            partition: .shards(perClient: 2), population: population, assigned: assigned)
    }

    static func ready(_ clients: [ClientID] = clients(0), isLast: Bool = true) -> Ready {
        Ready(dataDigest: data, clients: clients.map { .init(client: $0, examples: 600) }, isLast: isLast)
    }

    static func modelHeader(round: UInt32 = 7, byteCount: UInt64 = 32) -> ModelHeader {
        ModelHeader(round: round, digest: digest, codec: .f32, byteCount: byteCount)
    }

    static func modelChunk(round: UInt32 = 7, offset: UInt64 = 0, count: Int = 32) -> ModelChunk {
        ModelChunk(round: round, offset: offset, bytes: ByteBuffer(repeating: 1, count: count))
    }

    static func invitation(round: UInt32 = 7) -> Invitation {
        Invitation(
            round: round,
            settings: .init(localEpochs: 1, batchSize: .examples(10), optimizer: .sgd(learningRate: 0.1)),
            codec: .f32, deadlineMilliseconds: 0, clients: [.init(client: ClientID(0), attempt: 1)])
    }

    static func hostileClients(round: UInt32 = 7) -> HostileClients {
        HostileClients(
            RoundBehaviour(
                place: 1, choice: BehaviourChoice(ALIE.self),
                attack: AttackContext(round: round, cohort: 5, attackers: 2), clients: clients(0),
                known: clients(0, 4)))
    }

    static func updateHeader(_ key: UpdateKey = key, byteCount: UInt64 = 32) -> UpdateHeader {
        UpdateHeader(
            key: key, examples: 600, codec: .f32, byteCount: byteCount, digest: digest, loss: 0.4375, accuracy: 0.875,
            steps: 60, trainMicroseconds: 123_456)
    }

    static func modelHeld(offset: UInt64 = 24) -> ModelHeld {
        ModelHeld(header: modelHeader(), offset: offset)
    }

    static func modelRest(offset: UInt64 = 24) -> ModelRest {
        ModelRest(header: modelHeader(), offset: offset)
    }

    static func updateChunk(_ key: UpdateKey = key, offset: UInt64 = 0, count: Int = 32) -> UpdateChunk {
        UpdateChunk(key: key, offset: offset, bytes: ByteBuffer(repeating: 1, count: count))
    }

    /// One message of each type.
    static let messages: [Message] = [
        .hello(hello(.clients(clients(0)))), .welcome(welcome()), .ready(ready()), .challenge(challenge),
        .proof(Proof(proofs: proofs(clients(3)))), .confirmation(Confirmation(signatures: proofs(clients(3)))),
        .modelHeader(modelHeader()),
        .modelChunk(modelChunk()), .hostileClients(hostileClients()), .invitation(invitation()),
        .roundClosed(RoundClosed(round: 7)),
        .modelHeld(modelHeld()), .modelRest(modelRest()), .updateOffer(UpdateOffer(header: updateHeader())),
        .updateOffset(UpdateOffset(key: key, offset: 24)),
        .updateHeader(updateHeader()), .updateChunk(updateChunk()),
        .trainingFailed(TrainingFailed(key: key, reason: .noData, text: "no examples")),
        .receipt(Receipt(key: key, outcome: .accepted)), .ping(Ping(nonce: 1)), .pong(Pong(nonce: 1)),
        .error(ErrorMessage(WireError(.peerSilent, "nothing was heard"))),
        .goodbye(Goodbye(reason: .runFinished, text: "")),
    ]
}
