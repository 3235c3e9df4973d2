import ArgumentParser

/// `fed tokens`: secrets with which clients prove who they are.
struct TokensCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tokens",
        abstract: "Make enrolment tokens, take them back.",
        discussion: """
            A token is a secret of one client. The coordinator keeps a register that is not enough to take part; a worker \
            proves in the greeting that it has the tokens of the clients that it hosts:

              fed tokens issue 0..9
              fed-coordinator --scenario … --listen 0.0.0.0:7878 --tokens tokens.json
              fed-client --coordinator coordinator.example:7878 --token-file tokens/client-3.token

            Tokens show who takes part; only TLS (fed certs) protects what is said afterwards.
            """,
        subcommands: [TokensIssueCommand.self, TokensRevokeCommand.self])
}
