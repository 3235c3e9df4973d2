import Federation
import Parameters
import RunStore
import Simulation
import TestSupport
import Testing

/// Runs whose updates and models lose something on the way keep what others keep: one digest, whole or in part, replayed or
/// gone on with.
@Suite struct CodecTests {
    private static let network = "network: {upload: int8, download: f16}"

    @Test(
        "A run agrees with itself, whether its updates are in the record or made again",
        arguments: ["fedavg", "scaffold", "feddyn", "fednova", "median", "norm-clipping", "fedper", "ditto"],
        ["keep_updates: true", "keep_updates: false"])
    func replay(strategy: String, keeping: String) async throws {
        let isPersonal = ["fedper", "ditto"].contains(strategy)
        let layers = strategy == "fedper" ? "{name: fedper, personal_layers: dense3}" : strategy
        let run = try await SimulatedRun(
            model: isPersonal ? "mlp-2nn" : "logistic", clients: isPersonal ? "{count: 5, holdout: 0.2}" : "5",
            "\(Self.network)\nstrategy: \(layers)\n\(keeping)")
        try await run.run()
        let recorded = try await run.recorded()
        let replay = try await Replay(of: recorded).all()
        #expect(replay.agrees && replay.rounds == 4 && replay.updates == 16 && replay.differences.isEmpty)
        let details = recorded.summary.run.details
        #expect(details.codec == "int8" && details.downloadCodec == "f16")
    }

    @Test("Stopped and gone on with, a run comes to the same end", arguments: ["fedavg", "scaffold"])
    func resumed(strategy: String) async throws {
        let keys = "\(Self.network)\nstrategy: \(strategy)"
        let whole = try await SimulatedRun(rounds: 6, keys)
        try await whole.run()
        let parted = try await SimulatedRun(rounds: 6, keys)
        try await parted.run(rounds: 2)
        #expect(try await parted.resume() == .finished)
        let digest = try await whole.recorded().summary.modelDigest
        #expect(try await parted.recorded().summary.modelDigest == digest)
    }

    @Test("A round without a client, or under another strategy, is found from what was sent")
    func whatIf() async throws {
        var digests: [ContentDigest] = []
        for keeping in [true, false] {
            let run = try await SimulatedRun("\(Self.network)\nkeep_updates: \(keeping)")
            try await run.run()
            let recorded = try await run.recorded()
            let nobody = try await WhatIf(recorded, without: []).round(3)
            #expect(nobody.model.digest == nobody.recorded.modelDigest)
            let left = try await recorded.round(3).clients[0].client
            digests.append(try await WhatIf(recorded, without: [left]).round(3).model.digest)
        }
        #expect(digests[0] == digests[1])
    }

    @Test("Codecs cost what they lose and no more: a model is near that of the run without, and they differ")
    func nearby() async throws {
        var models: [ParameterVector] = []
        var bytes: [Int64] = []
        for network in ["codec: f32", "upload: f16", "upload: bf16", "upload: int8", "download: f16", "codec: int8"] {
            let run = try await SimulatedRun("network: {\(network)}")
            try await run.run()
            let recorded = try await run.recorded()
            models.append(try await recorded.server(before: 5)[vector: "model"])
            bytes.append(recorded.summary.bytesReceived)
        }
        let length = models[0].squaredDistance(to: ParameterVector(zerosFor: models[0].layout)).squareRoot()
        for (model, bound) in zip(models.dropFirst(), [1e-4, 1e-3, 5e-3, 1e-3, 1e-1]) {
            let distance = model.squaredDistance(to: models[0]).squareRoot() / length
            #expect(distance > 0 && distance < bound)
        }
        #expect(bytes[1] * 2 == bytes[0] && bytes[2] * 2 == bytes[0] && bytes[4] == bytes[0])
        #expect(bytes[3] < bytes[0] / 3)
    }
}
