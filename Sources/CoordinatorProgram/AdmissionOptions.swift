import ArgumentParser
import Diagnostics
import Foundation
import Identity
import Logging
import Transport

/// Who may take part, and how connections are protected.
struct AdmissionOptions: ParsableArguments {
    @Option(
        help: """
            The coordinator's certificate, PEM (fed certs issue coordinator), read again when it changes: connections are \
            encrypted by TLS.
            """)
    var certificate: String?

    @Option(help: "The certificate's key, PEM.")
    var key: String?

    @Option(help: "The authority that workers' certificates have to come from, PEM: each worker has to show one.")
    var authority: String?

    @Option(help: "The authority's list of revoked certificates, PEM; read again when it changes.")
    var revoked: String?

    @Option(
        help:
            """
            The register of the clients' tokens (fed tokens issue), read again when it changes: each worker has to prove \
            that it has them.
            """)
    var tokens: String?

    @Flag(help: "Listen beyond this machine though anybody who reaches the port can take part.")
    var insecure = false

    func validate() throws {
        guard (certificate == nil) == (key == nil) else {
            throw ValidationError("--certificate and --key go together.")
        }
        if authority != nil, certificate == nil { throw ValidationError("--authority takes --certificate and --key.") }
        if revoked != nil, authority == nil { throw ValidationError("--revoked takes --authority.") }
    }

    /// What the files make of it.
    ///
    /// - Throws: a ``Problem`` when strangers could take part and nobody said that they may.
    func security(listeningOn endpoint: Endpoint) throws(Problem) -> (
        ListenerSecurity, RereadFile<TokenRegister>?
    ) {
        let isGuarded = authority != nil || tokens != nil
        guard isGuarded || endpoint.isLoopback || insecure else {
            throw Problem(
                .usage, "whoever reaches \(endpoint) could take part", at: "--listen",
                remedy: """
                    Give --certificate, --key and --authority (fed certs), or --tokens (fed tokens), or listen on \
                    127.0.0.1; --insecure says that it is wanted so.
                    """)
        }
        var security = ListenerSecurity.plain
        if let certificate, let key {
            security = try .tls(.init(certificate: certificate, key: key, authority: authority, revoked: revoked))
        }
        guard let tokens else { return (security, nil) }
        let register = try RereadFile(path: tokens) { (path, _) throws(Problem) in try TokenRegister(path: path) }
        return (security, register)
    }

    /// What should be known about who can take part and listen; `nil` if all is well.
    func warning(listeningOn endpoint: Endpoint) -> String? {
        guard !endpoint.isLoopback else { return nil }
        if authority == nil, tokens == nil {
            return "INSECURE: whoever reaches \(endpoint) can take part"
                + (certificate == nil ? ", and whoever is on the way can read and change what is said" : "")
        }
        if certificate == nil {
            return
                "tokens show who takes part, but without TLS (--certificate, --key) whoever is on the way can read and "
                + "change what is said afterwards"
        }
        return nil
    }

    /// Files of secrets that others than their owner can read.
    var exposedFiles: [String] {
        [key, tokens].compactMap { $0 }.filter(GuardedFile.isReadableByOthers)
    }

    /// Certificates that have expired or soon will, each in a sentence.
    func expiring(within lead: Duration, at date: Date) throws(Problem) -> [String] {
        let limit = date.addingTimeInterval(lead / .seconds(1))
        var found: [String] = []
        for path in [certificate, authority].compactMap(\.self) {
            let end = try IssuedCertificate(path: path).notAfter
            guard end < limit else { continue }
            found.append(
                "\(path) \(end < date ? "expired" : "expires") on \(end.day); fed certs issue makes a new one")
        }
        return found
    }
}
