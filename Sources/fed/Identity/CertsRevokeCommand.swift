import ArgumentParser
import Identity

/// `fed certs revoke`: takes a certificate back.
struct CertsRevokeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke", abstract: "Take certificates back.",
        discussion: """
            Writes a new revoked.pem, signed by the authority. A coordinator that was started with --revoked and that \
            file turns their holders out within seconds; give it to coordinators elsewhere.
            """)

    @OptionGroup var authority: AuthorityOptions

    @Argument(help: "Their numbers, or the files that they are in.")
    var certificates: [String]

    func run() async throws {
        for certificate in certificates {
            let revoked = try authority.folder.revoke(certificate)
            print("\(revoked.serialNumber)  \(revoked.wasRevoked ? "was revoked already" : "revoked")")
        }
    }
}
