import Federation
import Foundation
import Learning
import Parameters
import RunStore

/// Rows that are right, for tests to use and to spoil.
enum Samples {
    static let start = Date(timeIntervalSince1970: 1_738_314_307.25)
    static let layout = ParameterLayout([("dense1.weight", [2, 3]), ("dense1.bias", [2])])

    static func digest(_ text: String) -> ContentDigest { ContentDigest(of: Array(text.utf8)) }

    static let updateLayout = PartsLayout(layout, vectors: ["parameters"])

    /// An update whose one part is a model.
    static func update(_ number: Int) -> Parts {
        Parts(layout: updateLayout, values: model(number))
    }

    /// A model that differs from round to round.
    static func model(_ round: Int) -> ParameterVector {
        ParameterVector(layout: layout, values: (0..<layout.count).map { Float(round) + Float($0) / 8 })
    }

    static func run(seed: UInt64 = 42) -> NewRun {
        NewRun(
            name: "quickstart", scenario: "name: quickstart\nrounds: 8\n", seed: seed, roundsPlanned: 8, clients: 10,
            cohort: 3, model: "logistic", parameters: layout.count, strategy: "fedavg", codec: "int8",
            downloadCodec: "f16",
            programVersion: "1.0", kernels: "fused (AVX2)", openblasConfig: "OpenBLAS 0.3.21", openblasCore: "SkylakeX",
            dataKind: "mnist",
            dataSource: "/data/mnist", dataDigest: digest("data"), cpu: "Some CPU", cores: 2)
    }

    /// A round of three clients, of which the last failed.
    static func round(_ number: Int) -> RoundRecord {
        RoundRecord(
            round: number, testAccuracy: 1 - 0.5 / Double(number), testLoss: 1 / Double(number),
            modelDigest: model(number).digest, clientsSelected: 3, clientsReported: 2, clientsFailed: 1,
            trainLoss: 0.5, trainAccuracy: 0.75, examples: 1200, bytesSent: 1000, bytesReceived: 900,
            selectSeconds: 0.001, collectSeconds: 2.5, aggregateSeconds: 0.002, evaluateSeconds: 0.25,
            startedAt: start + Double(number), committedAt: start + Double(number) + 0.9, population: 6000,
            ownDataClients: 1, testClasses: classes(number))
    }

    /// Two classes, the second of which nobody has tested.
    static func classes(_ round: Int) -> [ClassAccuracy] {
        [ClassAccuracy(correct: 2 * round - 1, count: 2 * round), ClassAccuracy()]
    }

    static func clients(_ round: Int) -> [ClientRoundRecord] {
        [
            ClientRoundRecord(
                client: ClientID(1), attempt: 1, status: .reported, worker: "worker-1", examples: 600, loss: 0.25,
                accuracy: 0.875, steps: 60, bytesReceived: 450, trainSeconds: 1.5, transferSeconds: 0.25,
                updateDigest: digest("\(round)/1")),
            ClientRoundRecord(
                client: ClientID(4), attempt: 2, status: .reported, worker: "worker-2", examples: 600, loss: 0.75,
                accuracy: 0.625, steps: 60, bytesReceived: 450, trainSeconds: 1.75, transferSeconds: 0.5,
                updateDigest: digest("\(round)/4")),
            ClientRoundRecord(
                client: ClientID(7), attempt: 1, status: .failed, reason: "deadline", detail: "no update in 30 s",
                worker: "worker-1"),
        ]
    }

    /// A store with one run of so many committed rounds.
    static func store(at path: String, rounds: Int, retention: Retention = Retention()) async throws -> (
        store: RunStore, run: RunIdentity
    ) {
        let store = try RunStore(path: path)
        let run = try await store.beginRun(run(), initialModel: model(0), at: start)
        for number in 0..<rounds {
            try await store.commit(
                round(number + 1), clients: clients(number + 1), model: model(number + 1), retention: retention,
                of: run)
        }
        return (store, run)
    }
}
