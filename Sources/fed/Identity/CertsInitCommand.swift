import ArgumentParser
import Foundation
import Identity

/// `fed certs init`: makes an authority.
struct CertsInitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init", abstract: "Make an authority: a certificate, its key, an empty list of revocations.")

    @OptionGroup var authority: AuthorityOptions

    @Option(help: "A name for people; it stands in every certificate.")
    var name = "fed"

    @Option(help: "How many days the authority lasts.")
    var days = CertificateAuthority.Lifetime.authority

    @Flag(help: "Replace an authority that is there; all that it has issued is then worthless.")
    var force = false

    func validate() throws {
        try AuthorityOptions.check(days: days)
        guard 1...64 ~= name.count else { throw ValidationError("--name must have 1 to 64 characters.") }
    }

    func run() async throws {
        let folder = authority.folder
        try folder.create(name: name, days: days, overwriting: force)
        let certificate = try folder.certificate()
        print(
            """
            \(folder.certificateFile)  the authority "\(name)", until \(certificate.notAfter.day)
            \(folder.keyFile)  its key: whoever has it can issue certificates; keep it to yourself
            \(folder.revocationFile)  what was taken back: nothing yet
            """)
    }
}
