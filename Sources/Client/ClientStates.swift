import Diagnostics
public import Federation
import Foundation
public import Parameters
public import Wire

/// What the clients of one run remember from round to round, in a folder on this machine: durable before the update that it
/// belongs to is sent, and found by any worker here, so that a client may move between them and a process may be killed.
///
/// A state is named by the round whose update it came with. Which of them counts, the coordinator knows: an invitation names
/// the client's last round whose update was counted. States are a function of scenario, seed, round and client, so that
/// writing one again changes nothing.
public struct ClientStates: Sendable {
    /// The run's folder.
    public let path: String

    /// - Parameters:
    ///   - root: of all runs, for example ``defaultRoot``.
    public init(root: String, run: WireIdentifier) {
        path = URL(filePath: root).appending(path: run.description).path(percentEncoded: false)
    }

    /// States in a folder of their own.
    public init(path: String) {
        self.path = path
    }

    /// Where workers keep the states of all runs: `fed/clients` in `XDG_STATE_HOME`, or in `~/.local/state`.
    public static var defaultRoot: String {
        let environment = ProcessInfo.processInfo.environment["XDG_STATE_HOME"]
        let home =
            environment.flatMap { $0.hasPrefix("/") ? URL(filePath: $0) : nil }
            ?? FileManager.default.homeDirectoryForCurrentUser.appending(path: ".local/state")
        return home.appending(path: "fed/clients").path(percentEncoded: false)
    }

    /// What the client remembers of a round; `nil` where it is not here, or damaged.
    public func state(of client: ClientID, after round: UInt32, layout: PartsLayout) -> Parts? {
        guard let data = FileManager.default.contents(atPath: file(client, round)),
            let digest = ContentDigest(bytes: data.prefix(ContentDigest.byteCount)),
            let state = data.dropFirst(ContentDigest.byteCount).withUnsafeBytes({
                Parts(layout: layout, canonicalBytes: $0)
            }),
            state.digest == digest
        else { return nil }
        return state
    }

    /// Keeps what the client remembers of a round, and lets go of what cannot be asked for any more: all but this one and the
    /// last two that counted, since a coordinator that was killed may go back by one.
    ///
    /// - Parameter base: the round whose state it came from; 0 if from none.
    /// - Throws: a `Problem` when it cannot be written.
    public func keep(_ state: Parts, of client: ClientID, after round: UInt32, from base: UInt32) throws {
        let folder = folder(client)
        do {
            try WholeFile.makeFolder(folder)
            try WholeFile.write([state.digest.bytes, state.canonicalBytes], path: file(client, round))
            let rounds = try FileManager.default.contentsOfDirectory(atPath: folder).compactMap { UInt32($0) }
            let counted = rounds.filter { $0 <= base }.sorted().suffix(2)
            for old in rounds where old != round && !counted.contains(old) && old < round {
                try? FileManager.default.removeItem(atPath: file(client, old))
            }
        } catch {
            throw Problem(
                .noInput,
                "what client \(client) remembers cannot be written: \((error as? Problem)?.what ?? "\(error)")",
                at: folder,
                remedy: "make room there, or name another folder with --state")
        }
    }

    /// Lets go of all of the run's: when it has come to its end.
    public func removeAll() {
        try? FileManager.default.removeItem(atPath: path)
    }

    private func folder(_ client: ClientID) -> String { "\(path)/\(client)" }

    private func file(_ client: ClientID, _ round: UInt32) -> String { "\(folder(client))/\(round)" }
}
