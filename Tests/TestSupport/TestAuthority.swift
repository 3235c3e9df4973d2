import Foundation
public import Identity
public import Transport

/// An authority of a test's own, and the files that it issues.
public final class TestAuthority: Sendable {
    private let temporary: TemporaryFolder
    public let folder: AuthorityFolder

    public init(name: String = "test") throws {
        temporary = try TemporaryFolder()
        folder = AuthorityFolder(temporary.path("certs"))
        try folder.create(name: name, days: 10)
    }

    /// A certificate for a coordinator on this machine.
    public func coordinator(hosts: [String] = ["localhost", "127.0.0.1"]) throws -> (certificate: String, key: String) {
        try folder.issue(.coordinator(hosts: hosts), days: 5, overwriting: true)
    }

    /// A certificate for a worker with these clients.
    public func clients(
        _ clients: String, isExpired: Bool = false
    ) throws -> (certificate: String, key: String) {
        try folder.issue(
            .clients(ClientSet(clients)), days: 5, overwriting: true, notAfter: isExpired ? .now - 60 : nil)
    }

    /// How a coordinator speaks TLS with this authority.
    ///
    /// - Parameter isMutual: whether it asks for certificates.
    public func listener(
        hosts: [String] = ["localhost", "127.0.0.1"], isMutual: Bool = true
    ) throws -> ListenerSecurity {
        let own = try coordinator(hosts: hosts)
        return try .tls(
            .init(
                certificate: own.certificate, key: own.key, authority: isMutual ? folder.certificateFile : nil,
                revoked: isMutual ? folder.revocationFile : nil))
    }

    /// How a worker speaks TLS with a coordinator of this authority.
    public func connector(_ own: (certificate: String, key: String)? = nil) throws -> ConnectorSecurity {
        try .tls(.init(authority: folder.certificateFile, own: own))
    }
}
