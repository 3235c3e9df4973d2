import ArgumentParser
import Identity

/// `fed certs`: a small authority for one deployment.
struct CertsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "certs",
        abstract: "Make a small authority, issue certificates, take them back.",
        discussion: """
            With certificates a coordinator and its workers speak TLS, each knows the other, and a worker hosts only the \
            clients that its certificate names:

              fed certs init
              fed certs issue coordinator --host coordinator.example
              fed certs issue clients 0..9
              fed-coordinator --scenario … --listen 0.0.0.0:7878 --certificate certs/coordinator.pem \\
                --key certs/coordinator.key --authority certs/authority.pem --revoked certs/revoked.pem
              fed-client --coordinator coordinator.example:7878 --authority certs/authority.pem \\
                --certificate certs/clients-0..9.pem --key certs/clients-0..9.key

            The folder with authority.key stays with its owner; a worker gets authority.pem, its certificate and its key.
            """,
        subcommands: [
            CertsInitCommand.self, CertsIssueCommand.self, CertsRevokeCommand.self, CertsListCommand.self,
        ])
}

/// The folder of an authority.
struct AuthorityOptions: ParsableArguments {
    @Option(help: "The authority's folder.")
    var directory = "certs"

    var folder: AuthorityFolder { AuthorityFolder(directory) }

    /// Checks a lifetime in days.
    static func check(days: Int) throws {
        guard 1...CertificateAuthority.Lifetime.longest ~= days else {
            throw ValidationError("--days must be 1 to \(CertificateAuthority.Lifetime.longest).")
        }
    }
}
