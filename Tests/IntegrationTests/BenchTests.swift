import Foundation
import Learning
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
}
