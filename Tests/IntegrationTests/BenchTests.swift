import Foundation
import Learning
import Parameters
import Subprocess
import Testing

@Suite("fed bench") struct BenchTests {
    private struct Row: Decodable {
        let model: String
        let batchSize: Int
        let kernels: String
        let examplesPerSecond: Double
        let slowest: Double
        let fastest: Double
        let repeats: Int
    }

    private func rows(_ arguments: String..., data: String) async throws -> [Row] {
        let finished = try await Program.fed.run(
            ["bench"] + arguments + ["--examples", "60", "--repeats", "3", "--json", "--data", data])
        #expect(finished.status == .exited(0), "\(finished.errors)")
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let rows = try decoder.decode([Row].self, from: Data(finished.output.utf8))
        for row in rows {
            #expect(0 < row.slowest && row.slowest <= row.examplesPerSecond && row.examplesPerSecond <= row.fastest)
            #expect(row.repeats == 3)
        }
        return rows
    }

    @Test("Each model, batch size and kind of kernels is measured so often", .timeLimit(.minutes(1)))
    func measurements() async throws {
        let experiment = try await Experiment()
        let all = KernelVersion.available.map(\.name).filter { $0 != "plain" }.map { "fused (\($0))" } + ["openblas"]
        let training = try await rows(
            "step", "--model", "logistic", "--model", "cnn", "--batch-size", "7", "--batch-size", "60",
            data: experiment.data)
        #expect(
            training.map { "\($0.model) \($0.batchSize) \($0.kernels)" }
                == ["logistic", "cnn"].flatMap { model in
                    [7, 60].flatMap { size in all.map { "\(model) \(size) \($0)" } }
                })
        let inference = try await rows("inference", "--model", "mlp-2nn", "--kernels", "plain", data: experiment.data)
        #expect(inference.map { "\($0.model) \($0.batchSize)" } == ["mlp-2nn 0"])
    }

    /// The numbers of each row by their names, and its model or scenario.
    private func numbers(_ arguments: String...) async throws -> [(name: String, numbers: [String: Double])] {
        let finished = try await Program.fed.run(["bench"] + arguments + ["--repeats", "2", "--json"])
        #expect(finished.status == .exited(0), "\(finished.errors)")
        let rows = try JSONSerialization.jsonObject(with: Data(finished.output.utf8)) as? [[String: Any]] ?? []
        return rows.map { row in
            (row["model"] as? String ?? row["scenario"] as? String ?? "", row.compactMapValues { $0 as? Double })
        }
    }

    @Test("Codecs and the sum are measured for all models")
    func memoryOnly() async throws {
        // As many rows for a model as there are codecs.
        for (work, count, seconds) in [
            ("codec", 4, ["encode_seconds", "decode_seconds"]), ("aggregation", 1, ["add_seconds"]),
        ] {
            let rows = try await numbers(work)
            #expect(
                rows.map(\.name) == ModelDefinition.allOnMNIST.flatMap { [String](repeating: $0.name, count: count) })
            for row in rows {
                for name in seconds { #expect(row.numbers[name] ?? 0 > 0, "\(work) \(name)") }
                #expect(row.numbers["repeats"] == 2)
            }
        }
    }

    @Test("A round's cost is that of real processes, and nothing of them stays", .timeLimit(.minutes(1)))
    func round() async throws {
        let before = try FileManager.default.contentsOfDirectory(atPath: "/dev/shm")
        let rows = try await numbers(
            "round", "--model", "logistic", "--clients", "3", "--clients", "4", "--rounds", "5")
        #expect(rows.map { $0.numbers["clients"] } == [3, 4])
        for row in rows {
            #expect(row.numbers["workers"] == 2)
            // The model goes to each worker once, an update comes from each client.
            let model = Double(ModelDefinition.logistic.layout.byteCount)
            let sent = try #require(row.numbers["bytes_sent"])
            let received = try #require(row.numbers["bytes_received"])
            #expect(2 * model < sent && sent < 2.2 * model)
            let clients = row.numbers["clients"] ?? 0
            #expect(clients * model < received && received < 1.1 * clients * model)
            #expect(row.numbers["overhead_seconds"] ?? 0 > 0)
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: "/dev/shm").sorted() == before.sorted())
    }

    @Test("Runs of all sizes are measured with their processes' memory", .timeLimit(.minutes(1)))
    func scale() async throws {
        let rows = try await numbers(
            "scale", "--model", "logistic", "--rounds", "4", "--row", "8/3/in-process", "--row", "8/8/2", "--row",
            "9/3/9")
        #expect(rows.map { $0.numbers["population"] } == [8, 8, 9])
        #expect(rows.map { $0.numbers["cohort"] } == [3, 8, 3])
        #expect(rows.map { $0.numbers["connections"] } == [nil, 2, 9])
        #expect(rows.map { $0.numbers["workers"] } == [nil, 2, 2])
        for row in rows {
            #expect(row.numbers["overhead_seconds"] ?? 0 > 0)
            #expect(row.numbers["coordinator_bytes"] ?? 0 > 1e6)
            #expect((row.numbers["worker_bytes"] ?? 0 > 1e6) == (row.numbers["connections"] != nil))
        }
        for row in ["9/10/2", "9/3", "9/3/10", "0/0/in-process", "9/3/nowhere"] {
            let wrong = try await Program.fed.run(["bench", "scale", "--row", row])
            #expect(wrong.status == .exited(64))
        }
    }

    @Test("Whole runs are measured to their end", .timeLimit(.minutes(1)))
    func wholeRun() async throws {
        let experiment = try await Experiment()
        let rows = try await numbers("run", experiment.scenario, "--data", experiment.data)
        #expect(rows.map(\.name) == ["small"])
        #expect(rows.first?.numbers["rounds"] == 3)
        #expect(rows.first?.numbers["seconds"] ?? 0 > rows.first?.numbers["round_seconds"] ?? .infinity)
        let missing = try await Program.fed.run(["bench", "run", "nowhere.yaml"])
        #expect(missing.status == .exited(66))
    }

    @Test(
        "Names and numbers that there are not are wrong usage",
        arguments: [
            ["--kernels", "abacus"], ["--model", "nope"], ["--batch-size", "0"], ["--repeats", "0"],
            ["--examples", "0"],
        ])
    func wrongUsage(arguments: [String]) async throws {
        let finished = try await Program.fed.run(["bench", "step"] + arguments)
        #expect(finished.status == .exited(64))
        #expect(finished.output.isEmpty && finished.errors.contains(arguments[0]))
    }

    @Test("A long run's memory, descriptors and record are told for each tenth of it", .timeLimit(.minutes(2)))
    func soak() async throws {
        let finished = try await Program.fed.run(["bench", "soak", "--rounds", "60", "--life", "10", "--json"])
        #expect(finished.status == .exited(0), "\(finished.errors)")
        let parts = try JSONSerialization.jsonObject(with: Data(finished.output.utf8)) as? [[String: Any]]
        #expect(parts?.count == 10)
        #expect(parts?.last?["last_round"] as? Int == 60)
        for part in parts ?? [] {
            #expect(part["memory_bytes"] as? Int ?? 0 > 1 << 20 && part["descriptors"] as? Int ?? 0 > 3)
            #expect(part["record_bytes"] as? Int ?? 0 > 1 << 14)
        }
    }
}
