import ArgumentParser
import Diagnostics
import Identity

/// `fed tokens revoke`: takes tokens back.
struct TokensRevokeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke", abstract: "Take the tokens of these clients back.",
        discussion: "A coordinator that was started with this register turns who took part by them out within seconds.")

    @Argument(help: "The clients, for example 3, or 0..9, or 0..9,12.")
    var clients: String

    @Option(help: "The coordinator's register.")
    var file = "tokens.json"

    func run() async throws {
        let set = try ClientSet(clients)
        var register = try TokenRegister(path: file)
        let revoked = register.clients.filter(set.contains)
        guard !revoked.isEmpty else {
            throw Problem(.usage, "no token of client \(set) is on record", at: file)
        }
        for client in revoked { _ = register.remove(client) }
        try register.write(path: file, overwriting: true)
        print("revoked: \(ClientSet(revoked))")
    }
}
