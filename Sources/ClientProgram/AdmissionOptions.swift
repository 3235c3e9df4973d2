import ArgumentParser
import Diagnostics
import Identity
import Transport

/// How this worker shows who it is, and whom it trusts.
struct AdmissionOptions: ParsableArguments {
    @Option(
        help:
            "The authority that the coordinator's certificate has to come from, PEM: the connection is encrypted by TLS."
    )
    var authority: String?

    @Option(help: "This worker's certificate, PEM (fed certs issue clients).")
    var certificate: String?

    @Option(help: "The certificate's key, PEM.")
    var key: String?

    @Option(
        help:
            "A file with the token of a client (fed tokens issue), or a folder of such files; may be given more than once."
    )
    var tokenFile: [String] = []

    func validate() throws {
        guard (certificate == nil) == (key == nil) else {
            throw ValidationError("--certificate and --key go together.")
        }
        if certificate != nil, authority == nil { throw ValidationError("--certificate takes --authority.") }
    }

    func security() throws(Problem) -> ConnectorSecurity {
        guard let authority else { return .plain }
        var files = ConnectorSecurity.Files(authority: authority)
        if let certificate, let key { files.own = (certificate, key) }
        return try .tls(files)
    }

    func tokens() throws(Problem) -> [ClientToken] {
        var tokens: [ClientToken] = []
        for path in tokenFile { tokens += try TokenFile.read(path) }
        return try TokenFile.distinct(tokens, "--token-file")
    }

    /// Files of secrets that others than their owner can read.
    var exposedFiles: [String] {
        (tokenFile + [key].compactMap { $0 }).filter(GuardedFile.isReadableByOthers)
    }
}
