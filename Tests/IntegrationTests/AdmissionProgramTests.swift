import Foundation
import Identity
import RunStore
import Subprocess
import TestSupport
import Testing

/// Who may take part, with the programs as they are.
struct AdmissionProgramTests {
    /// Starts a coordinator with these arguments and hands its address on.
    private func coordinate<Result: Sendable>(
        _ experiment: Experiment, _ arguments: [String],
        _ body: @escaping @Sendable (Running, String) async throws -> Result
    ) async throws -> (result: Result, status: TerminationStatus) {
        try await Program.coordinator.start(
            [
                "--scenario", experiment.scenario, "--listen", "127.0.0.1:0", "--database", experiment.database,
                "--data", experiment.data,
            ] + arguments
        ) { coordinator in
            let line = try await coordinator.line(containing: "listening on ")
            let address = line.split(separator: "listening on ")[1].prefix { $0 != "," }
            return try await body(coordinator, String(address))
        }
    }

    private func worker(_ address: String, _ experiment: Experiment, _ more: [String]) async throws -> Finished {
        try await Program.client.run(
            ["--coordinator", address, "--data", experiment.data, "--threads", "1", "--log-level", "trace"] + more)
    }

    private func fed(_ arguments: String...) async throws -> Finished {
        let finished = try await Program.fed.run(arguments)
        #expect(finished.status == .exited(0), "\(finished.errors)")
        return finished
    }

    private func calmDigests(of experiment: Experiment) async throws -> [String] {
        _ = try await fed("run", experiment.scenario, "--data", experiment.data, "--database", experiment.database)
        return try await experiment.digests()
    }

    private func own(_ name: String, _ folder: String) -> [String] {
        ["--certificate", "\(folder)/\(name).pem", "--key", "\(folder)/\(name).key"]
    }

    /// What the latest run's record says of connections that were turned away.
    private func refusals(_ experiment: Experiment) async throws -> [String] {
        let reader = try experiment.record
        let events = try await reader.events(of: try await reader.run(.latest).run.identity)
        return events.filter { $0.kind == "refused" && $0.peer != nil }.map(\.text)
    }

    @Test("Mutual TLS by hand: the same models; who has no right to take part is told why", .timeLimit(.minutes(3)))
    func mutualTLS() async throws {
        let experiment = try await Experiment()
        let calm = try await calmDigests(of: experiment)
        let certs = experiment.folder.path("certs")
        let other = experiment.folder.path("other")
        for (folder, name) in [(certs, "ours"), (other, "theirs")] {
            _ = try await fed("certs", "init", "--directory", folder, "--name", name)
            _ = try await fed("certs", "issue", "clients", "0..5", "--directory", folder)
        }
        _ = try await fed("certs", "issue", "coordinator", "--directory", certs, "--host", "127.0.0.1")
        _ = try await fed("certs", "issue", "client", "0..2", "--each", "--directory", certs)
        _ = try await fed("certs", "revoke", "--directory", certs, certs + "/client-1.pem")
        let listed = try await fed("certs", "list", "--directory", certs).output
        #expect(listed.contains("client-1.pem") && listed.contains("revoked"))
        // No lifetime that is given on a command line is in the past already.
        let folder = AuthorityFolder(certs)
        _ = try folder.issue(.clients(ClientSet("4")), days: 1, notAfter: .now - 60)

        let authority = ["--authority", "\(certs)/authority.pem"]
        let bad: [(arguments: [String], status: Int32, told: String, noted: String)] = [
            (authority + own("clients-0..5", other), 65, "authority \"theirs\"", "authority \"theirs\""),
            (authority + own("client-4", certs), 65, "expired on", "expired on"),
            (authority + own("client-1", certs), 65, "was revoked", "was revoked"),
            (authority, 65, "asks for a certificate", "no certificate"),
            ([], 69, "does not speak TLS", "does not speak TLS"),
            (
                ["--authority", "\(other)/authority.pem"] + own("client-0", certs), 69,
                "issued by the authority \"ours\"",
                "does not accept"
            ),
            (authority + own("client-0", certs) + ["--client-id", "3"], 69, "not for client 3", "not for client 3"),
        ]
        let (lines, status) = try await coordinate(
            experiment, authority + own("coordinator", certs) + ["--revoked", "\(certs)/revoked.pem"]
        ) { coordinator, address in
            for (arguments, status, told, _) in bad {
                let finished = try await worker(address, experiment, arguments)
                #expect(finished.status == .exited(status), "\(finished.errors)")
                #expect(finished.errors.contains(told), "\(finished.errors)")
                // Told once, with a remedy, and not tried again.
                #expect(finished.errors.contains("error:") && !finished.errors.contains("trying again"))
            }
            async let first = worker(address, experiment, authority + own("client-0", certs))
            async let second = worker(address, experiment, authority + own("client-2", certs))
            try await coordinator.line(containing: "2 of 6 clients have joined")
            async let rest = worker(address, experiment, authority + own("clients-0..5", certs))
            for finished in try await [first, second, rest] {
                #expect(finished.status == .exited(0), "\(finished.errors)")
            }
            try await coordinator.gone()
            return coordinator.lines
        }
        #expect(status == .exited(0))
        #expect(try await experiment.digests() == calm)
        let refusals = try await refusals(experiment)
        #expect(refusals.count == bad.count)
        for (noted, text) in zip(bad.map(\.noted), refusals) {
            #expect(text.contains(noted), "\(text)")
            #expect(lines.contains { $0.contains(noted) })
        }
    }

    @Test("Tokens by hand: the same models, and no secret is to be seen anywhere", .timeLimit(.minutes(3)))
    func tokens() async throws {
        let experiment = try await Experiment()
        let calm = try await calmDigests(of: experiment)
        let register = experiment.folder.path("tokens.json")
        let folder = experiment.folder.path("tokens")
        let wrong = experiment.folder.path("wrong")
        let issued = try await fed("tokens", "issue", "0..5", "--file", register, "--directory", folder)
        _ = try await fed(
            "tokens", "issue", "0..5", "--file", experiment.folder.path("other.json"), "--directory", wrong)
        let again = try await Program.fed.run([
            "tokens", "issue", "5..7", "--file", register, "--directory", folder,
        ])
        #expect(again.status == .exited(64) && again.errors.contains("client 5 has a token already"))
        let secrets = try (0..<6).map { client in
            let words = try GuardedFile.read("\(folder)/client-\(client).token").split(whereSeparator: \.isWhitespace)
            return String(try #require(words.last))
        }
        #expect(secrets.allSatisfy { $0.count == 64 })

        let (seen, status) = try await coordinate(
            experiment, ["--tokens", register, "--log-level", "trace"]
        ) { coordinator, address in
            let none = try await worker(address, experiment, [])
            #expect(none.status == .exited(69) && none.errors.contains("asks for tokens"), "\(none.errors)")
            let false3 = try await worker(address, experiment, ["--token-file", "\(wrong)/client-3.token"])
            #expect(false3.status == .exited(69) && false3.errors.contains("token of client 3"), "\(false3.errors)")
            let (commandLines, _) = try await Program.client.start([
                "--coordinator", address, "--data", experiment.data, "--threads", "1", "--log-level", "trace",
                "--token-file", "\(folder)/client-0.token", "--token-file", "\(folder)/client-1.token",
            ]) { first in
                try await coordinator.line(containing: "2 of 6 clients have joined")
                let commandLines = try [coordinator.identifier, first.identifier].map {
                    try Data(contentsOf: URL(filePath: "/proc/\($0)/cmdline"))
                        + Data(
                            contentsOf: URL(filePath: "/proc/\($0)/environ"))
                }
                let rest = try await worker(address, experiment, ["--token-file", folder])
                #expect(rest.status == .exited(0), "\(rest.errors)")
                try await first.gone()
                return commandLines.map { String(decoding: $0, as: UTF8.self) } + first.lines + [
                    rest.errors, rest.output,
                ]
            }
            try await coordinator.gone()
            return commandLines + coordinator.lines + [none.errors, false3.errors]
        }
        #expect(status == .exited(0))
        #expect(try await experiment.digests() == calm)
        let refusals = try await refusals(experiment)
        #expect(refusals.count == 2 && refusals[0].contains("offers none") && refusals[1].contains("client 3"))
        let keys = try JSONDecoder().decode(Register.self, from: Data(contentsOf: URL(filePath: register)))
        #expect(keys.tokens.count == 6)
        var record = Data()
        for suffix in ["", "-wal"] {
            record += (try? Data(contentsOf: URL(filePath: experiment.database + suffix))) ?? Data()
        }
        let everything = (seen + [issued.output]).joined(separator: "\n")
        for secret in secrets + keys.tokens.flatMap({ [$0.storedKey, $0.serverKey] }) {
            #expect(!everything.contains(secret))
            #expect(record.range(of: Data(secret.utf8)) == nil)
            #expect(try record.range(of: Data(bytes(secret))) == nil)
        }
    }

    private struct Register: Decodable {
        struct Token: Decodable {
            let storedKey: String
            let serverKey: String
        }
        let tokens: [Token]
    }

    private func bytes(_ digits: String) throws -> [UInt8] {
        try stride(from: 0, to: digits.count, by: 2).map { offset in
            try #require(UInt8(digits.dropFirst(offset).prefix(2), radix: 16))
        }
    }

    @Test("Strangers may take part only where that was said", .timeLimit(.minutes(1)))
    func insecure() async throws {
        let experiment = try await Experiment()
        let arguments = [
            "--scenario", experiment.scenario, "--listen", "0.0.0.0:0", "--database", experiment.database, "--data",
            experiment.data,
        ]
        let refused = try await Program.coordinator.run(arguments)
        #expect(refused.status == .exited(64), "\(refused.errors)")
        #expect(refused.errors.contains("--insecure") && refused.errors.contains("--tokens"))
        #expect(!FileManager.default.fileExists(atPath: experiment.database))
        let (_, status) = try await Program.coordinator.start(arguments + ["--insecure"]) { coordinator in
            try await coordinator.line(containing: "INSECURE")
            let line = try await coordinator.line(containing: "listening on 0.0.0.0:")
            let port = line.split(separator: "0.0.0.0:")[1].prefix { $0.isNumber }
            let stranger = try await worker("127.0.0.1:\(port)", experiment, [])
            #expect(stranger.status == .exited(0), "\(stranger.errors)")
            try await coordinator.gone()
        }
        #expect(status == .exited(0))
        let reader = try experiment.record
        let events = try await reader.events(of: try await reader.run(.latest).run.identity)
        #expect(events.contains { $0.kind == "insecure" })
    }

    @Test(
        "Options that do not go together are told as such",
        arguments: [
            ["--certificate", "a.pem"], ["--key", "a.key"], ["--revoked", "r.pem"], ["--authority", "a.pem"],
        ])
    func halves(arguments: [String]) async throws {
        let finished = try await Program.coordinator.run(["--scenario", "none.yaml"] + arguments)
        #expect(finished.status == .exited(64), "\(finished.errors)")
    }
}
