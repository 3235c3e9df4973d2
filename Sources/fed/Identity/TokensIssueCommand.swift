import ArgumentParser
import Diagnostics
import Federation
import Foundation
import Identity

/// `fed tokens issue`: makes tokens.
struct TokensIssueCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "issue", abstract: "Make a token for each of these clients.",
        discussion:
            "Each goes into a file of its own, for the client; the register takes in what the coordinator needs.")

    @Argument(help: "The clients, for example 3, or 0..9, or 0..9,12.")
    var clients: String

    @Option(help: "The coordinator's register; made if it is not there.")
    var file = "tokens.json"

    @Option(help: "The folder for the clients' files; made if it is not there.")
    var directory = "tokens"

    @Flag(help: "Replace tokens that the clients have; the old ones no longer count.")
    var force = false

    private static let most = 100_000

    func run() async throws {
        let set = try ClientSet(clients)
        guard set.count <= Self.most else {
            throw Problem(.usage, "\(set.count) tokens at once", at: clients, remedy: "Ask for \(Self.most) at most.")
        }
        let isNew = !FileManager.default.fileExists(atPath: file)
        var register = isNew ? TokenRegister() : try TokenRegister(path: file)
        if !force, let client = set.clients.first(where: { register[$0] != nil }) {
            throw Problem(
                .usage, "client \(client) has a token already", at: file,
                remedy: "Replace it with --force; its old one then no longer counts.")
        }
        try GuardedFile.makeFolder(directory)
        for client in set.clients {
            let token = ClientToken.random(for: client)
            // The client's file first: a register that names a token nobody has would lock the client out.
            print(try TokenFile.write(token, folder: directory, overwriting: force))
            register.enrol(token)
        }
        try register.write(path: file, overwriting: !isNew)
        print("\(file)  the coordinator's register of \(register.clients.count) clients")
    }
}
