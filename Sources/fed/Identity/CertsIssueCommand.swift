import ArgumentParser
import Diagnostics
import Foundation
import Identity

/// `fed certs issue`: issues certificates.
struct CertsIssueCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "issue", abstract: "Issue a certificate for a coordinator, or for clients.",
        subcommands: [CertsIssueCoordinatorCommand.self, CertsIssueClientsCommand.self])

    /// Issues one and says where it is.
    static func issue(_ role: CertificateRole, _ options: Options, days: Int) throws {
        let files = try options.authority.folder.issue(role, days: days, overwriting: options.force)
        let certificate = try IssuedCertificate(path: files.certificate)
        print(
            "\(files.certificate)  \(files.key)  \(certificate.serialNumber), until "
                + "\(certificate.notAfter.day)")
    }

    struct Options: ParsableArguments {
        @OptionGroup var authority: AuthorityOptions

        @Flag(help: "Replace files of the same name; what they hold stays valid until it is revoked.")
        var force = false
    }
}

/// `fed certs issue coordinator`.
struct CertsIssueCoordinatorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "coordinator", abstract: "Issue a certificate for a coordinator.")

    @Option(
        help: """
            A name or an address that workers reach the coordinator under; may be given more than once. By default \
            localhost, 127.0.0.1 and ::1.
            """)
    var host: [String] = []

    @Option(help: "How many days it lasts.")
    var days = CertificateAuthority.Lifetime.coordinator

    @OptionGroup var options: CertsIssueCommand.Options

    func validate() throws {
        try AuthorityOptions.check(days: days)
        for host in host where host.isEmpty || host.count > 253 || !host.allSatisfy({ $0.isASCII && !$0.isWhitespace })
        {
            throw ValidationError("\"\(host)\" is neither a host's name nor an address.")
        }
    }

    func run() async throws {
        let hosts = host.isEmpty ? ["localhost", "127.0.0.1", "::1"] : host
        try CertsIssueCommand.issue(.coordinator(hosts: hosts), options, days: days)
    }
}

/// `fed certs issue clients`.
struct CertsIssueClientsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clients",
        abstract: "Issue a certificate for a worker that hosts these clients.",
        discussion: "One for all of them, for a worker that hosts them all; with --each one for each.",
        aliases: ["client"])

    @Argument(help: "The clients, for example 3, or 0..9, or 0..9,12.")
    var clients: String

    @Flag(help: "One certificate for each client.")
    var each = false

    @Option(help: "How many days it lasts.")
    var days = CertificateAuthority.Lifetime.clients

    @OptionGroup var options: CertsIssueCommand.Options

    /// More files than anybody wants in a folder.
    private static let most = 100_000

    func validate() throws {
        try AuthorityOptions.check(days: days)
    }

    func run() async throws {
        let set = try ClientSet(clients)
        guard each else { return try CertsIssueCommand.issue(.clients(set), options, days: days) }
        guard set.count <= Self.most else {
            throw Problem(
                .usage, "\(set.count) certificates at once", at: clients, remedy: "Ask for \(Self.most) at most.")
        }
        for client in set.clients {
            try CertsIssueCommand.issue(.clients(ClientSet([client])), options, days: days)
        }
    }
}
