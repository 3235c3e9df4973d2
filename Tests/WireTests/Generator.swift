import Datasets
import Federation
import Learning
import NIOCore
import Parameters
import Settings
import Wire

/// Random messages and bytes, the same for the same seed (SplitMix64, Steele, Lea and Flood 2014).
struct Generator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ word >> 30) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
        return word ^ word >> 31
    }

    mutating func bytes(count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8(truncatingIfNeeded: next()) }
    }

    /// Any value, the limits more often than not.
    mutating func integer<Value: FixedWidthInteger & UnsignedInteger>(from least: Value = 0) -> Value {
        switch Int.random(in: 0..<4, using: &self) {
        case 0: least
        case 1: .max
        default:
            max(least, Value(truncatingIfNeeded: next()) >> Value.random(in: 0..<Value(Value.bitWidth), using: &self))
        }
    }

    mutating func text(limit: Int) -> String {
        let characters: [Character] = ["a", "Z", "0", " ", "\\", "\u{FFFD}", "é", "☃", "👩‍🔬", "\u{FFFF}"]
        var text = ""
        while let next = characters.randomElement(using: &self), Bool.random(using: &self) || text.isEmpty,
            text.utf8.count + next.utf8.count <= limit
        {
            text.append(next)
        }
        return Int.random(in: 0..<4, using: &self) == 0 ? String(repeating: "x", count: limit) : text
    }

    mutating func digest() -> ContentDigest {
        ContentDigest(bytes: bytes(count: 32))!
    }

    mutating func octets() -> Octets32 {
        Octets32(bytes: bytes(count: 32))!
    }

    mutating func proofs() -> [ClientProof] {
        clients(atLeast: 1).map { ClientProof(client: $0, value: octets()) }
    }

    mutating func identifier() -> WireIdentifier {
        WireIdentifier(bytes: bytes(count: 16))!
    }

    mutating func key() -> UpdateKey {
        UpdateKey(round: integer(from: 1), client: ClientID(integer()), attempt: integer(from: 1))
    }

    /// Ids below `limit`, each once.
    mutating func clients(below limit: UInt32 = .max, atLeast: Int = 0) -> [ClientID] {
        let count = Int.random(in: atLeast...50, using: &self)
        var ids: Set<UInt32> = []
        for _ in 0..<count { ids.insert(UInt32.random(in: 0..<limit, using: &self)) }
        return ids.map { ClientID($0) }.shuffled(using: &self)
    }

    mutating func chunk() -> ByteBuffer {
        let count = Int.random(in: 1...300, using: &self)
        return ByteBuffer(bytes: bytes(count: count))
    }

    /// A float that is finite and not negative.
    mutating func rate() -> Float {
        [1, 1e-6, Float.random(in: 1e-6..<1, using: &self)].randomElement(using: &self) ?? 1
    }

    mutating func layout() -> ParameterLayout {
        let count = Int.random(in: 1...6, using: &self)
        return ParameterLayout(
            (0..<count).map { _ in
                let dimensions = Int.random(in: 0...8, using: &self)
                return (
                    text(limit: WireLimits.nameBytes), (0..<dimensions).map { _ in Int.random(in: 1...6, using: &self) }
                )
            })
    }

    mutating func hello() -> Hello {
        let lowest: UInt16 = integer(from: 1)
        let hosting: Hello.Hosting =
            switch Int.random(in: 0..<3, using: &self) {
            case 0: .share
            case 1: .count(integer(from: 1))
            default: .clients(clients(atLeast: 1))
            }
        let others = Int.random(in: 0..<255, using: &self)
        let tokens: TokenOffer? =
            Bool.random(using: &self) ? TokenOffer(nonce: octets(), clients: clients(atLeast: 1)) : nil
        return Hello(
            versions: lowest...UInt16.random(in: lowest...UInt16.max, using: &self),
            capabilities: Capabilities(rawValue: next()),
            maxFramePayload: integer(from: UInt32(WireLimits.minimumFramePayload)), workerID: identifier(),
            workerName: text(limit: WireLimits.nameBytes), software: text(limit: WireLimits.nameBytes),
            hosting: hosting, ownData: Bool.random(using: &self),
            codecs: (bytes(count: others) + [1]).shuffled(using: &self), tokens: tokens)
    }

    mutating func welcome() -> Welcome {
        let sizes: ShardSizes =
            Bool.random(using: &self) ? .equal : .logNormal(sigma: Double.random(in: 0...3, using: &self))
        let alpha = Double.random(in: 1e-4...100, using: &self)
        let partition: PartitionChoice =
            switch Int.random(in: 0..<5, using: &self) {
            case 0: .iid(sizes: sizes)
            case 1: .shards(perClient: Int.random(in: 1...1_000, using: &self), sizes: sizes)
            case 2: .classes(perClient: Int.random(in: 1...256, using: &self), sizes: sizes)
            case 3: .clientDirichlet(alpha: alpha, sizes: sizes)
            default: .dirichlet(alpha: alpha, minimumExamples: Int.random(in: 1...10_000, using: &self))
            }
        let payload: UInt32 = integer(from: UInt32(WireLimits.minimumFramePayload))
        let population: UInt32 = integer(from: 1)
        let capabilities = Capabilities(rawValue: next())
        let holdout = Bool.random(using: &self) ? Double.random(in: 0..<1, using: &self) : 0
        let epochs = holdout > 0 ? Int.random(in: 0...ClientEvaluation.mostFineTuneEpochs, using: &self) : 0
        let assigned = clients(below: population)
        return Welcome(
            version: integer(from: 1), capabilities: capabilities, run: identifier(), seed: next(),
            maxFramePayload: payload,
            chunkSize: UInt32.random(in: 1...(payload - UInt32(WireLimits.chunkOverhead)), using: &self),
            heartbeatMilliseconds: integer(from: 1), model: text(limit: WireLimits.nameBytes), layout: layout(),
            dataset: DatasetKind.allCases.randomElement(using: &self) ?? .mnist, datasetDigest: digest(),
            trainCount: integer(), classes: integer(from: 1),
            kernels: KernelChoice.allCases.randomElement(using: &self) ?? .fused,
            partition: partition,
            population: population, assigned: assigned,
            evaluation: capabilities.contains(.evaluation)
                ? ClientEvaluation(holdout: holdout, fineTuneEpochs: epochs) : .none,
            devices: capabilities.contains(.devices) ? devices(of: assigned.count) : nil)
    }

    private mutating func devices(of clients: Int) -> HostedDevices {
        let devices = (0..<Int.random(in: 0...4, using: &self)).map { _ in
            var values = SettingValues(Device.settings)
            values.set("speed", .number(Double.random(in: 0.001...1_000, using: &self)))
            if Bool.random(using: &self) { values.set("up", .bitRate(Int.random(in: 1...1_000_000, using: &self))) }
            if Bool.random(using: &self) {
                values.set("off_for", .duration(.milliseconds(Int64.random(in: 0...99_000, using: &self))))
            }
            return Device(values)
        }
        return HostedDevices(
            elapsed: .milliseconds(Int64.random(in: 0...1_000_000, using: &self)),
            beginning: TimeOfDay(minutes: Int.random(in: 0..<1_440, using: &self)) ?? .midnight, devices: devices,
            places: devices.isEmpty
                ? [] : (0..<clients).map { _ in UInt8.random(in: 0...UInt8(devices.count), using: &self) })
    }

    mutating func invitation() -> Invitation {
        let optimizer: TrainingSettings.Optimizer =
            Bool.random(using: &self)
            ? .sgd(learningRate: rate(), momentum: Float.random(in: 0..<1, using: &self), weightDecay: rate())
            : .adam(
                learningRate: rate(), beta1: Float.random(in: 0..<1, using: &self),
                beta2: Float.random(in: 0..<1, using: &self), epsilon: Float.random(in: 1e-9...1, using: &self),
                weightDecay: rate())
        return Invitation(
            round: integer(from: 1),
            settings: TrainingSettings(
                localEpochs: Int.random(in: 1...1_000, using: &self),
                batchSize: Bool.random(using: &self) ? .all : .examples(Int.random(in: 1...1_000_000, using: &self)),
                optimizer: optimizer, clipNorm: Bool.random(using: &self) ? nil : rate(),
                dropout: Float.random(in: 0..<1, using: &self)),
            codec: .f32, deadlineMilliseconds: integer(),
            clients: clients(atLeast: 1).map { .init(client: $0, attempt: integer(from: 1)) })
    }

    mutating func hostileClients() -> HostileClients {
        let own = clients(atLeast: 1)
        return HostileClients(
            RoundBehaviour(
                place: integer(), choice: BehaviourChoice(Behaviours.all.randomElement(using: &self) ?? LabelFlip.self),
                attack: AttackContext(
                    round: integer(from: 1), cohort: Int(UInt32.max),
                    attackers: own.count + Int.random(in: 0...9, using: &self)),
                clients: own, known: clients()))
    }

    mutating func modelHeader() -> ModelHeader {
        ModelHeader(round: integer(from: 1), digest: digest(), codec: .f32, byteCount: integer(from: 1))
    }

    mutating func updateHeader() -> UpdateHeader {
        UpdateHeader(
            key: key(), examples: integer(), codec: .f32, byteCount: integer(from: 1), digest: digest(),
            loss: Double.random(in: -1e9...1e9, using: &self), accuracy: Double.random(in: 0...1, using: &self),
            steps: integer(), trainMicroseconds: integer())
    }

    /// A part of a model: one byte, all, or some.
    mutating func held() -> ModelHeld {
        let header = modelHeader()
        return ModelHeld(header: header, offset: min(integer(from: 1), header.byteCount))
    }

    mutating func rest() -> ModelRest {
        let held = held()
        return ModelRest(header: held.header, offset: held.offset)
    }

    mutating func message(_ type: MessageType) -> Message {
        switch type {
        case .hello: .hello(hello())
        case .welcome: .welcome(welcome())
        case .ready:
            .ready(
                Ready(
                    dataDigest: digest(), clients: clients().map { .init(client: $0, examples: integer()) },
                    isLast: Bool.random(using: &self)))
        case .challenge: .challenge(Challenge(nonce: octets(), run: identifier()))
        case .proof: .proof(Proof(proofs: proofs()))
        case .confirmation: .confirmation(Confirmation(signatures: proofs()))
        case .modelHeader: .modelHeader(modelHeader())
        case .modelChunk: .modelChunk(ModelChunk(round: integer(from: 1), offset: integer(), bytes: chunk()))
        case .hostileClients: .hostileClients(hostileClients())
        case .invitation: .invitation(invitation())
        case .roundClosed: .roundClosed(RoundClosed(round: integer(from: 1)))
        case .modelHeld: .modelHeld(held())
        case .modelRest: .modelRest(rest())
        case .updateOffer: .updateOffer(UpdateOffer(header: updateHeader()))
        case .updateOffset: .updateOffset(UpdateOffset(key: key(), offset: integer()))
        case .updateHeader: .updateHeader(updateHeader())
        case .updateChunk: .updateChunk(UpdateChunk(key: key(), offset: integer(), bytes: chunk()))
        case .trainingFailed:
            .trainingFailed(
                TrainingFailed(
                    key: key(), reason: .init(rawValue: integer()), text: text(limit: WireLimits.textBytes)))
        case .receipt:
            .receipt(
                Receipt(
                    key: key(), outcome: Receipt.Outcome.allCases.randomElement(using: &self) ?? .accepted,
                    text: text(limit: WireLimits.textBytes)))
        case .ping: .ping(Ping(nonce: integer()))
        case .pong: .pong(Pong(nonce: integer()))
        case .error:
            .error(
                ErrorMessage(
                    code: integer(), text: text(limit: WireLimits.textBytes), remedy: text(limit: WireLimits.textBytes))
            )
        case .goodbye:
            .goodbye(
                Goodbye(
                    reason: Goodbye.Reason.allCases.randomElement(using: &self) ?? .runFinished,
                    text: text(limit: WireLimits.textBytes)))
        }
    }
}
