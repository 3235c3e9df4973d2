import ArgumentParser
import Foundation
import Identity
import Terminal

/// `fed certs list`: what the authority has issued.
struct CertsListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the certificates in the authority's folder.")

    @OptionGroup var authority: AuthorityOptions

    func run() async throws {
        let folder = authority.folder
        let root = try folder.certificate()
        let revoked = try folder.revocations()
        var table = Table([.init("File"), .init("For"), .init("Until"), .init("State"), .init("Number")])
        for (file, certificate) in [("authority.pem", root)] + (try folder.issued()) {
            let use =
                certificate.isAuthority
                ? "authority \"\(certificate.subject)\""
                : certificate.clients.isEmpty
                    ? certificate.hosts.joined(separator: ", ")
                    : "\(certificate.clients.count == 1 ? "client" : "clients") \(certificate.clients)"
            let state =
                revoked.contains(certificate) ? "revoked" : certificate.notAfter < .now ? "expired" : "valid"
            table.append([
                .init(file), .init(use), .init(certificate.notAfter.day), .init(state),
                .init(certificate.serialNumber),
            ])
        }
        let output = TerminalOutput.standardOutput
        output.write(lines: table.lines(width: output.size?.columns, style: output.style))
        let here = Set(try folder.issued().map(\.certificate.serialNumber))
        let gone = revoked.serialNumbers.filter { !here.contains($0) }
        if !gone.isEmpty { output.write("Revoked, and no longer in the folder: \(gone.joined(separator: ", "))\n") }
    }
}
