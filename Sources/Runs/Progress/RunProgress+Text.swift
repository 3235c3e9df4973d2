import Datasets
import Foundation
import RunStore
import Scenarios
import Terminal

extension RunProgress {
    /// What ``json`` was made of; `nil` if the line is something else.
    public init?(json line: String) {
        guard let progress = try? JSONDecoder().decode(RunProgress.self, from: Data(line.utf8)) else { return nil }
        self = progress
    }

    /// One line of JSON.
    public var json: String {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            return String(decoding: try encoder.encode(self), as: UTF8.self)
        }
    }

    /// One line for people; `nil` for what happens too often to be told.
    public var line: String? {
        switch self {
        case .started(let run):
            """
            run \(run.run) (\(run.name)): \
            \(run.endpoint.map { "listening on \($0), waiting for \(run.clients) clients" } ?? "in process"); \
            data: \(run.data); record: \(run.database)
            """
        case .joined(let clients, let of):
            "\(clients) of \(of) clients have joined"
        case .incident(let text):
            text
        case .roundOpened, .clientSettled:
            nil
        case .roundCommitted(let round):
            """
            round \(round.round): accuracy \(NumberFormat.percent(round.testAccuracy)), \
            loss \(NumberFormat.fixed(round.testLoss, 4)), \(round.reported) reported, \(round.failed) failed, \
            \(NumberFormat.bytes(round.bytesSent + round.bytesReceived)), \
            \(NumberFormat.duration(seconds: round.seconds))\
            \(round.heldOutText.map { "; \($0)" } ?? "")\(round.attackText.map { "; \($0)" } ?? "")
            """
        case .finished(let run):
            """
            \(run.status)\(run.message.map { " (\($0))" } ?? ""): \(run.roundsCommitted) rounds, \
            \(run.testAccuracy.map { "accuracy \(NumberFormat.percent($0)), " } ?? "")\
            \(NumberFormat.duration(seconds: run.seconds)), \
            \(NumberFormat.bytes(run.bytesSent + run.bytesReceived)); model \(run.modelDigest)
            """
        }
    }
}

extension RunProgress.Round {
    /// How good models are for the clients, for example `at clients: global 91.20 %, own 96.30 %`; `nil` if they evaluate nothing.
    public var heldOutText: String? {
        guard let heldOut else { return nil }
        let texts = [heldOut.global.map { ("global", $0) }, heldOut.personal.map { ("own", $0) }].compactMap(\.self)
        return "at clients: " + texts.map { "\($0) \(NumberFormat.percent($1.mean))" }.joined(separator: ", ")
    }

    /// Who misbehaved and how well it went, for example `2 × backdoor, 97.1 %`; `nil` if nobody did.
    public var attackText: String? {
        let texts = (attacks ?? []).filter { $0.clients > 0 || $0.success != nil }.map { attack in
            "\(attack.clients) × \(attack.kind)"
                + (attack.success.map { ", success \(NumberFormat.percent($0))" } ?? "")
        }
        return texts.isEmpty ? nil : texts.joined(separator: "; ")
    }
}

extension RunProgress.Started {
    /// What a run tells when it begins.
    ///
    /// - Parameters:
    ///   - endpoint: where its coordinator listens, if it does.
    ///   - database: the path of the record.
    public init(_ ledger: RunLedger, endpoint: String?, database: String) {
        let scenario = ledger.context.scenario
        self.init(
            endpoint: endpoint, run: ledger.identity.number, ulid: "\(ledger.identity.ulid)", name: scenario.name,
            rounds: scenario.rounds, clients: scenario.clients, cohort: scenario.cohort,
            data: ledger.context.dataset.provenance.summary, database: database)
    }
}
