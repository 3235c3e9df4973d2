import Datasets
import Federation
import Learning
import NIOCore
import Parameters
import Settings
import Testing
import Wire

@Suite struct WelcomeTests {
    /// Where fields lie in the payload of ``Samples/welcome(assigned:population:)``.
    private let chunkSize = 38
    private let tensorCount = 55
    private let dataset = 87
    private let classes = 130

    @Test func goldenIID() throws {
        let welcome = Welcome(
            run: Samples.run, seed: 42, maxFramePayload: 1_114_112, chunkSize: 262_144, heartbeatMilliseconds: 5000,
            model: "logistic", layout: ParameterLayout([("dense.weight", [10, 784]), ("dense.bias", [10])]),
            dataset: .mnist, datasetDigest: Samples.data, trainCount: 60_000, classes: 10, partition: .iid,
            population: 100, assigned: Samples.clients(99, 3, 4))
        try Golden.check("welcome-iid", .welcome(welcome))
    }

    @Test func goldenShards() throws {
        let welcome = Welcome(
            capabilities: Capabilities(rawValue: 1), run: Samples.run, seed: 0xFEDC_BA98_7654_3210,
            maxFramePayload: 1_114_112, chunkSize: 1, heartbeatMilliseconds: 5000, model: "tiny",
            layout: ParameterLayout([("weight", [2, 3]), ("bias", [2]), ("scale", [])]), dataset: .digits,
            datasetDigest: Samples.data, trainCount: 0, classes: 10, partition: .shards(perClient: 2),
            population: 1, assigned: [])
        try Golden.check("welcome-shards", .welcome(welcome))
    }

    @Test func goldenClasses() throws {
        let welcome = Welcome(
            run: Samples.run, seed: 1, maxFramePayload: 1_114_112, chunkSize: 1_114_048, heartbeatMilliseconds: 5000,
            model: "tiny", layout: Samples.layout, dataset: .folder, datasetDigest: Samples.data, trainCount: .max,
            classes: 10, partition: .classes(perClient: 3, sizes: .logNormal(sigma: 0.75)), population: .max,
            assigned: Samples.clients(4_294_967_294))
        try Golden.check("welcome-classes", .welcome(welcome))
    }

    @Test func goldenDirichlet() throws {
        var welcome = Samples.welcome(assigned: Samples.clients(0, 1))
        welcome.seed = 1
        welcome.model = "tiny"
        welcome.kernels = .openblas
        welcome.partition = .dirichlet(alpha: 0.3, minimumExamples: 10)
        welcome.strategy = try StrategyChoice(
            name: "fednova",
            settings: [(name: "server_learning_rate", text: "0.5"), (name: "weighting", text: "uniform")])
        try Golden.check("welcome-dirichlet", .welcome(welcome))
    }

    @Test func goldenEvaluation() throws {
        var welcome = Samples.welcome(assigned: Samples.clients(0), capabilities: .evaluation)
        welcome.model = "tiny"
        welcome.partition = .clientDirichlet(alpha: 0.3)
        welcome.strategy = try StrategyChoice(
            name: "fedper", settings: [(name: "personal_layers", text: "conv1,last")])
        welcome.evaluation = ClientEvaluation(holdout: 0.2, fineTuneEpochs: 3)
        try Golden.check("welcome-evaluation", .welcome(welcome))
    }

    @Test func goldenDevices() throws {
        var welcome = Samples.welcome(assigned: Samples.clients(0, 1), capabilities: .devices)
        welcome.model = "tiny"
        welcome.devices = try Self.devices(places: [2, 0])
        try Golden.check("welcome-devices", .welcome(welcome))
    }

    private static func devices(places: [UInt8]) throws -> HostedDevices {
        let texts = [
            [(name: "speed", text: "0.1"), (name: "up", text: "1Mbit")],
            [(name: "hours", text: "22:00-06:00"), (name: "memory", text: "64MiB")],
        ]
        return HostedDevices(
            elapsed: .milliseconds(61_500), beginning: try #require(TimeOfDay("08:30")),
            devices: try texts.map { Device(try SettingValues(Device.settings, texts: $0)) }, places: places)
    }

    @Test("A device that cannot be, or is none of those listed, is refused")
    func impossibleDevices() throws {
        var welcome = Samples.welcome(assigned: Samples.clients(0, 1), capabilities: .devices)
        welcome.devices = try Self.devices(places: [2, 0])
        let message = Message.welcome(welcome)
        let end = message.payload.readableBytes
        #expect(message.refusal(with: 3 as UInt8, at: end - 2) == .invalidValue)
        #expect(message.refusal(of: "1Mbat", for: "1Mbit") == .invalidValue)
        for (old, new) in [
            ("device", "devise"), ("22:00-06:00", "22:00-22:00"), ("64MiB", "64MeB"), ("speed", "spead"),
        ] {
            #expect(message.refusal(of: new, for: old) == .invalidValue, "\(old)")
        }
        welcome.devices = HostedDevices(elapsed: .zero, beginning: .midnight, devices: [], places: [])
        let bare = Message.welcome(welcome)
        let place = bare.payload.readableBytes - 14
        #expect(bare.refusal(with: UInt64.max, at: place) == .invalidValue)
        #expect(bare.refusal(with: 1_440 as UInt16, at: place + 8) == .invalidValue)
        #expect(bare.refusal(with: 65 as UInt32, at: place + 10) != nil)
    }

    @Test("A part that leaves nothing to train on, and fine-tuning without one, are refused")
    func impossibleEvaluation() {
        var welcome = Samples.welcome(capabilities: .evaluation)
        welcome.evaluation = ClientEvaluation(holdout: 0.5)
        let message = Message.welcome(welcome)
        let place = message.payload.readableBytes - 10
        for holdout in [1, -0.1, 1.5, Double.nan, .infinity] {
            #expect(message.refusal(with: holdout.bitPattern, at: place) == .invalidValue)
        }
        #expect(message.refusal(with: 1001 as UInt16, at: place + 8) == .invalidValue)
        welcome.evaluation = ClientEvaluation()
        #expect(Message.welcome(welcome).refusal(with: 1 as UInt16, at: place + 8) == .invalidValue)
    }

    @Test func impossibleValuesAreRefused() {
        let welcome = Message.welcome(Samples.welcome())
        #expect(welcome.refusal(with: 0 as UInt16, at: 0) == .invalidValue)  // version
        #expect(welcome.refusal(with: 1000 as UInt32, at: chunkSize - 4) == .invalidValue)  // maxFramePayload
        #expect(welcome.refusal(with: 0 as UInt32, at: chunkSize) == .invalidValue)
        #expect(welcome.refusal(with: 1_114_049 as UInt32, at: chunkSize) == .invalidValue)
        #expect(welcome.refusal(with: 0 as UInt32, at: chunkSize + 4) == .invalidValue)  // heartbeat
        #expect(welcome.refusal(of: "mnisd", for: "mnist") == .invalidValue)
        #expect(welcome.refusal(with: 0 as UInt16, at: classes) == .invalidValue)
        #expect(welcome.refusal(with: 0 as UInt8, at: classes + 2) == .invalidValue)  // kernels
        #expect(welcome.refusal(with: 3 as UInt8, at: classes + 2) == .invalidValue)
        let end = welcome.payload.readableBytes  // population, and a list of one client
        #expect(welcome.refusal(with: 0 as UInt32, at: end - 12) == .invalidValue)  // population
        #expect(welcome.refusal(with: 2 as UInt32, at: end - 4) == .invalidValue)  // client 2 of 2
    }

    @Test("A strategy that this side does not know, or a setting that it cannot have, is refused as such")
    func unknownStrategy() {
        let welcome = Message.welcome(Samples.welcome())
        for (old, new) in [("fedavg", "fedfoo"), ("weighting", "weightinG"), ("examples", "examplez")] {
            #expect(welcome.refusal(of: new, for: old) == .unsupportedStrategy)
        }
    }

    @Test(
        "A partition that this side does not know, or a setting that it cannot have, is refused",
        arguments: [
            ("shards", "shardz"), ("shards_per_client", "shards_per_Client"),
            ("shards_per_client\u{1}\u{0}2", "shards_per_client\u{1}\u{0}0"), ("equal", "equat"),
            ("sigma\u{3}\u{0}0.5", "sigma\u{3}\u{0}-.5"), ("sigma\u{3}\u{0}0.5", "sigma\u{3}\u{0}nan"),
            ("sigma\u{3}\u{0}0.5", "sigma\u{3}\u{0}inf"), ("sigma\u{3}\u{0}0.5", "sigma\u{3}\u{0}9e9"),
        ])
    func impossiblePartition(old: String, new: String) {
        #expect(Message.welcome(Samples.welcome()).refusal(of: new, for: old) == .invalidValue)
    }

    @Test(arguments: ["0.0", "-.1", "nan", "inf"])
    func impossibleAlphaIsRefused(alpha: String) {
        var welcome = Samples.welcome()
        for partition in [PartitionChoice.dirichlet(alpha: 0.3), .clientDirichlet(alpha: 0.3)] {
            welcome.partition = partition
            #expect(Message.welcome(welcome).refusal(of: alpha, for: "0.3") == .invalidValue)
        }
    }

    /// Sizes whose product or sum overflows, or whose model nobody could hold.
    @Test(
        arguments: [
            [[UInt32.max, UInt32.max, UInt32.max]], [[1 << 31, 2]], [[1 << 31], [1]], [[0]], [[]],
            [[UInt32.max, UInt32.max, UInt32.max, UInt32.max, UInt32.max, UInt32.max, UInt32.max, UInt32.max]],
            [[1, 1, 1, 1, 1, 1, 1, 1, 1]],
        ] as [[[UInt32]]])
    func impossibleTensorsAreRefused(shapes: [[UInt32]]) throws {
        let whole = Message.welcome(Samples.welcome()).payload
        var payload = try #require(whole.getSlice(at: whole.readerIndex, length: tensorCount))
        let isEmpty = shapes == [[]]
        payload.writeInteger(isEmpty ? 0 : UInt32(shapes.count), endianness: .little)
        if !isEmpty {
            for shape in shapes {
                payload.writeInteger(0 as UInt16)  // no name
                payload.writeInteger(UInt8(shape.count))
                for size in shape { payload.writeInteger(size, endianness: .little) }
            }
        }
        let rest = try #require(whole.getSlice(at: dataset, length: whole.readableBytes - dataset))
        payload.writeImmutableBuffer(rest)
        let error = try #require(decodingError(.welcome, payload))
        #expect(error.code == .invalidValue, "\(error)")
        #expect(error.text.contains("tensors"), "\(error)")
    }

    @Test func manyClientsFitIntoAFrame() throws {
        let population = UInt32(WireLimits.assignedClients)
        let welcome = Samples.welcome(assigned: (0..<population).map { ClientID($0) }, population: population)
        #expect(try decodeAll(Message.welcome(welcome).frame()) == [.welcome(welcome)])
    }
}
