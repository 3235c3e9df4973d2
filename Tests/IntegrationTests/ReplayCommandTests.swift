import Foundation
import Parameters
import RunStore
import Subprocess
import TestSupport
import Testing

/// What users do with a record: run again, check, bundle, verify, ask what would have been.
@Suite("fed replay, bundle, verify, whatif") struct ReplayCommandTests {
    private func fed(_ arguments: String...) async throws -> Finished {
        try await Program.fed.run(arguments)
    }

    /// An experiment that was run over the network, and one that was run in process, in one record.
    private func twice(_ more: String = "", training: String = "") async throws -> Experiment {
        let experiment = try await Experiment(training: training, more: more)
        for arguments in [["--workers", "2"], ["--in-process"]] {
            let finished = try await Program.fed.run(
                ["run", experiment.scenario, "--data", experiment.data, "--database", experiment.database] + arguments)
            #expect(finished.status == .exited(0), "\(finished.errors)")
        }
        return experiment
    }

    @Test(
        "In process and over the network the digests are the same, and either is replayed from the record",
        arguments: [
            ("", ""), ("strategy: scaffold", "local_epochs: 3, partial_work: 0.5"),
            ("strategy: {name: multi-krum, f: 1}\nminimum_updates: 6\nupdate_memory_mib: 0", ""),
        ])
    func sameDigests(keys: String, training: String) async throws {
        let experiment = try await twice(keys, training: training)
        let reader = try experiment.record
        var digests: [[String]] = []
        for run in try await reader.runs() {
            digests.append(
                try await reader.rounds(of: run.run.identity).map { ($0.stateDigest ?? $0.modelDigest).description })
            let number = "\(run.run.identity.number)"
            let whole = try await fed("replay", experiment.database, "--run", number, "--data", experiment.data)
            #expect(whole.status == .exited(0), "\(whole.errors)")
            #expect(whole.output.contains("all agree: 3 rounds, 18 updates"), "\(whole.output)")
            let one = try await fed(
                "replay", experiment.database, "--run", number, "--data", experiment.data, "--round", "2", "--client",
                "4")
            #expect(one.status == .exited(0) && one.output.contains("all agree: 1 update"), "\(one.output)")
        }
        #expect(digests.count == 2 && digests[0] == digests[1] && digests[0].count == 3)
        let shown = try await fed("show", "--database", experiment.database)
        #expect(shown.output.contains("in-process") && shown.output.contains("kept 4 models of 4"), "\(shown.output)")
    }

    @Test("A byte of a kept model that was flipped, and a changed learning rate, are refused with their place")
    func damaged() async throws {
        let experiment = try await Experiment()
        let run = try await fed(
            "run", experiment.scenario, "--data", experiment.data, "--database", experiment.database, "--in-process")
        #expect(run.status == .exited(0), "\(run.errors)")
        let whole = try Data(contentsOf: URL(filePath: experiment.database))
        let model = try await experiment.record.model(
            of: try await experiment.record.run(.latest).run.identity, round: 2)
        let bytes = model.parameters.withCanonicalBytes { Data($0.prefix(4096)) }
        // Within the first page of the blob, so that its bytes follow one another in the file.
        let place = try #require(whole.firstRange(of: bytes.dropFirst(1024).prefix(64)))
        var flipped = whole
        flipped[place.lowerBound] ^= 1
        try flipped.write(to: URL(filePath: experiment.database))
        let refused = try await fed("replay", experiment.database, "--data", experiment.data)
        #expect(refused.status == .exited(65))
        #expect(refused.errors.contains("the model of round 2 is damaged"), "\(refused.errors)")

        var changed = whole
        let rate = try #require(changed.firstRange(of: Data("learning_rate: 0.1".utf8)))
        changed.replaceSubrange(rate, with: Data("learning_rate: 0.2".utf8))
        try changed.write(to: URL(filePath: experiment.database))
        let other = try await fed("replay", experiment.database, "--data", experiment.data)
        #expect(other.status == .exited(65))
        #expect(other.errors.contains("run 1: the scenario is not the one that the run began with"), "\(other.errors)")
    }

    @Test("A result is one file, which is verified whole or by a sample")
    func bundle() async throws {
        let experiment = try await twice()
        let file = experiment.folder.path("result.fedrun")
        let bundled = try await fed("bundle", experiment.database, "-o", file)
        #expect(bundled.status == .exited(0) && bundled.output.contains("fed verify"), "\(bundled.errors)")
        let verified = try await fed("verify", file, "--data", experiment.data)
        #expect(verified.status == .exited(0), "\(verified.errors)")
        #expect(verified.output.contains("claim: small") && verified.output.contains("all agree: 3 rounds, 18 updates"))
        let sample = try await fed("verify", file, "--data", experiment.data, "--sample", "2", "--json")
        let document = try JSONSerialization.jsonObject(with: Data(sample.output.utf8)) as? [String: Any]
        #expect(document?["agrees"] as? Bool == true && document?["rounds"] as? Int == 2)
        let without = try await Program.fed.run(["verify", file, "--data", experiment.folder.path("nothing")])
        #expect(without.status == .exited(66), "\(without.errors)")
        let shown = try await fed("show", "--database", file)
        #expect(shown.status == .exited(0) && !shown.output.contains(experiment.data))
    }

    @Test("A claim that does not hold is refused, with what is wrong")
    func wrongClaim() async throws {
        let experiment = try await Experiment()
        let run = try await fed(
            "run", experiment.scenario, "--data", experiment.data, "--database", experiment.database, "--in-process")
        #expect(run.status == .exited(0), "\(run.errors)")
        let file = experiment.folder.path("result.fedrun")
        #expect(try await fed("bundle", experiment.database, "-o", file).status == .exited(0))
        // Another digest of an update, in the file's bytes.
        let reader = try RunReader(path: file)
        let identity = try await reader.run(.latest).run.identity
        let digest = try #require(try await reader.clientRounds(of: identity, round: 2)[3].updateDigest).description
        var bytes = try Data(contentsOf: URL(filePath: file))
        let place = try #require(bytes.firstRange(of: Data(digest.utf8)))
        bytes[place.lowerBound] = bytes[place.lowerBound] == UInt8(ascii: "a") ? UInt8(ascii: "b") : UInt8(ascii: "a")
        try bytes.write(to: URL(filePath: file))
        let verified = try await fed("verify", file, "--data", experiment.data)
        #expect(verified.status == .exited(65))
        #expect(verified.output.contains("round 2, client 3: the update is "), "\(verified.output)")
        #expect(verified.errors.contains("1 difference in 3 rounds, 18 updates"), "\(verified.errors)")
    }

    @Test("A round without a client, and a branch from it")
    func whatIf() async throws {
        let experiment = try await twice("keep_updates: true")
        let asked = try await fed(
            "whatif", experiment.database, "--data", experiment.data, "--round", "2", "--without-client", "3", "--json")
        #expect(asked.status == .exited(0), "\(asked.errors)")
        let document = try JSONSerialization.jsonObject(with: Data(asked.output.utf8)) as? [String: Any]
        #expect(document?["updates_from_record"] as? Int == 5 && document?["updates_trained_again"] as? Int == 0)
        let digest = try #require((document?["what_if"] as? [String: Any])?["model_digest"] as? String)

        let branched = try await fed(
            "whatif", experiment.database, "--data", experiment.data, "--from", "2", "--without-client", "3")
        #expect(branched.status == .exited(0), "\(branched.errors)")
        let reader = try experiment.record
        let branch = try await reader.run(.latest)
        let rounds = try await reader.rounds(of: branch.run.identity)
        #expect(rounds.map(\.round) == [2, 3] && rounds[0].modelDigest.description == digest)
        #expect(branch.run.details.branch?.round == 1)
        let shown = try await fed("show", "--database", experiment.database)
        #expect(shown.output.contains("branch of") && shown.output.contains("without 3"), "\(shown.output)")
        let replayed = try await fed("replay", experiment.database, "--data", experiment.data)
        #expect(replayed.status == .exited(0), "\(replayed.errors)")
    }

    @Test(
        "What makes no sense is wrong usage",
        arguments: [
            ["replay", "x.sqlite", "--client", "3"], ["whatif", "x.sqlite", "--round", "1"],
            ["whatif", "x.sqlite", "--without-client", "1"], ["verify", "x.fedrun", "--sample", "0"],
            ["whatif", "x.sqlite", "--round", "1", "--from", "1", "--without-client", "1"], ["bundle", "x.sqlite"],
            ["run", "x.yaml", "--in-process", "--workers", "2"],
        ])
    func usage(arguments: [String]) async throws {
        #expect(try await Program.fed.run(arguments).status == .exited(64))
    }
}
