import Diagnostics
import Federation
import Foundation
import Identity
import TestSupport
import Testing

struct AuthorityTests {
    private let folder: TemporaryFolder
    private let authority: AuthorityFolder

    init() throws {
        folder = try TemporaryFolder()
        authority = AuthorityFolder(folder.path("certs"))
        try authority.create(name: "test authority", days: 3650)
    }

    private func mode(_ path: String) throws -> Int {
        try #require(FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int)
    }

    private func certificate(_ files: (certificate: String, key: String)) throws -> IssuedCertificate {
        try IssuedCertificate(path: files.certificate)
    }

    private func trouble(
        _ files: (certificate: String, key: String), _ holder: CertificateCheck.Holder = .client
    ) async throws -> String? {
        try await CertificateCheck(authority: authority.certificate(), holder: holder)
            .trouble(with: certificate(files))
    }

    @Test("Keys are for their owner alone, and nothing is overwritten by mistake")
    func files() throws {
        let issued = try authority.issue(.clients(ClientSet("3")), days: 90)
        #expect(try mode(authority.path) == 0o700)
        for key in [authority.keyFile, issued.key] { #expect(try mode(key) == 0o600) }
        for path in [authority.certificateFile, authority.revocationFile, issued.certificate] {
            #expect(try mode(path) == 0o644)
        }
        let before = try GuardedFile.read(issued.key)
        #expect(throws: Problem.self) { try authority.issue(.clients(ClientSet("3")), days: 90) }
        #expect(throws: Problem.self) { try authority.create(name: "another", days: 1) }
        #expect(try GuardedFile.read(issued.key) == before)
        _ = try authority.issue(.clients(ClientSet("3")), days: 90, overwriting: true)
        #expect(try GuardedFile.read(issued.key) != before)
        #expect(try mode(issued.key) == 0o600)
        #expect(GuardedFile.isReadableByOthers(issued.certificate) && !GuardedFile.isReadableByOthers(issued.key))
    }

    @Test("A certificate says whom it is for and how long")
    func contents() throws {
        let clients = try certificate(authority.issue(.clients(ClientSet("0..9,12")), days: 90))
        #expect(clients.clients == (try ClientSet("0..9,12")))
        #expect(clients.hosts.isEmpty && !clients.isAuthority)
        #expect(abs(clients.notAfter.timeIntervalSinceNow - 90 * 86_400) < 60)
        #expect(clients.notBefore < .now)
        #expect(clients.issuer == "test authority")
        let coordinator = try certificate(
            authority.issue(.coordinator(hosts: ["localhost", "127.0.0.1", "::1"]), days: 365))
        #expect(coordinator.hosts == ["localhost", "127.0.0.1", "0:0:0:0:0:0:0:1"])
        #expect(coordinator.clients.isEmpty)
        #expect(clients.serialNumber.count == 32 && clients.serialNumber != coordinator.serialNumber)
        #expect(try authority.certificate().isAuthority)
        #expect(
            try authority.issued().map(\.file) == ["clients-0..9,12.pem", "coordinator.pem"])
        // Nothing outlives the authority.
        let long = try certificate(authority.issue(.clients(ClientSet("1")), days: 36_500))
        #expect(try long.notAfter == authority.certificate().notAfter)
    }

    @Test("A certificate is believed for what it is for, and for nothing else")
    func checks() async throws {
        let client = try authority.issue(.clients(ClientSet("3")), days: 90)
        let coordinator = try authority.issue(.coordinator(hosts: ["localhost", "127.0.0.1", "::1"]), days: 365)
        #expect(try await trouble(client) == nil)
        for host in ["localhost", "127.0.0.1", "::1", "LOCALHOST"] {
            #expect(try await trouble(coordinator, .coordinator(host: host)) == nil, "\(host)")
        }
        #expect(try await trouble(coordinator)?.contains("not one for clients") == true)
        #expect(try await trouble(client, .coordinator(host: "localhost"))?.contains("not one for a coord") == true)
        for host in ["example.org", "127.0.0.2", "::2", "local.localhost"] {
            let trouble = try await trouble(coordinator, .coordinator(host: host))
            #expect(trouble?.contains("not for \(host)") == true, "\(host): \(trouble ?? "none")")
        }
        let own = (certificate: authority.certificateFile, key: authority.keyFile)
        #expect(try await trouble(own) != nil)
        #expect(try await trouble(own, .coordinator(host: "localhost")) != nil)
    }

    @Test("Expired, not yet valid, another authority's: each is told as what it is")
    func troubles() async throws {
        let expired = try authority.issue(
            .clients(ClientSet("3")), days: 1, now: .now - 10 * 86_400, notAfter: .now - 86_400)
        #expect(try await trouble(expired)?.contains("expired on") == true)
        let early = try authority.issue(.clients(ClientSet("4")), days: 90, now: .now + 86_400)
        #expect(try await trouble(early)?.contains("not valid before") == true)
        for (name, words) in [("other", "by the authority \"other\""), ("test authority", "another authority of")] {
            let other = AuthorityFolder(folder.path("other-\(name)"))
            try other.create(name: name, days: 3650)
            let theirs = try other.issue(.clients(ClientSet("3")), days: 90)
            #expect(try await trouble(theirs)?.contains(words) == true)
        }
    }

    @Test("An authority that has ended vouches for nothing")
    func endedAuthority() async throws {
        let old = AuthorityFolder(folder.path("old"))
        try old.create(name: "old", days: 30, now: .now - 31 * 86_400)
        let files = try old.issue(.clients(ClientSet("3")), days: 90)
        let check = CertificateCheck(authority: try old.certificate(), holder: .client)
        #expect(try await check.trouble(with: certificate(files)) != nil)
    }

    @Test("What was taken back is in the list that the authority signed")
    func revocations() throws {
        let first = try authority.issue(.clients(ClientSet("3")), days: 90)
        let second = try authority.issue(.clients(ClientSet("4")), days: 90)
        #expect(try authority.revocations().serialNumbers.isEmpty)
        #expect(try authority.revocations().number == 1)
        let revoked = try authority.revoke(first.certificate)
        #expect(!revoked.wasRevoked)
        #expect(try authority.revoke(revoked.serialNumber).wasRevoked)
        let list = try authority.revocations()
        #expect(list.number == 2 && list.serialNumbers == [revoked.serialNumber])
        let (one, two) = (try certificate(first), try certificate(second))
        #expect(list.contains(one) && !list.contains(two))
        // By its number with colons, and by its name in the folder.
        _ = try authority.revoke("client-4.pem")
        #expect(try authority.revocations().serialNumbers.count == 2)
        #expect(throws: Problem.self) { try authority.revoke("nothing") }
        #expect(throws: Problem.self) { try authority.revoke(authority.certificateFile) }
    }

    @Test("A list that another authority signed, or that was changed, is refused")
    func wrongRevocations() throws {
        let other = AuthorityFolder(folder.path("other"))
        try other.create(name: "test authority", days: 3650)
        #expect(throws: Problem.self) {
            try RevocationList(path: other.revocationFile, authority: authority.certificate())
        }
        _ = try authority.revoke(authority.issue(.clients(ClientSet("3")), days: 90).certificate)
        let lines = try GuardedFile.read(authority.revocationFile).split(separator: "\n")
        for line in 1..<lines.count - 1 {
            var changed = lines.map(String.init)
            changed[line] = String(changed[line].map { $0 == "A" ? "B" : "A" })
            let path = folder.path("changed-\(line).pem")
            try changed.joined(separator: "\n").write(toFile: path, atomically: true, encoding: .utf8)
            #expect(throws: Problem.self) { try RevocationList(path: path, authority: authority.certificate()) }
        }
    }

    @Test(
        "What is no certificate is refused with its file's name",
        arguments: ["", "no PEM", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"])
    func garbage(text: String) throws {
        let path = folder.path("garbage.pem")
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        #expect { try IssuedCertificate(path: path) } throws: { error in
            (error as? Problem)?.kind == .data && (error as? Problem)?.place == path
        }
        #expect(throws: Problem.self) { try IssuedCertificate(path: authority.keyFile) }
        #expect(throws: Problem.self) { try IssuedCertificate(path: folder.path("missing")) }
    }

    @Test("OpenSSL verifies the chain and reads the list", .enabled(if: OpenSSL.isThere, "there is no openssl here"))
    func openSSL() async throws {
        let client = try authority.issue(.clients(ClientSet("0..9")), days: 90)
        let coordinator = try authority.issue(.coordinator(hosts: ["localhost", "127.0.0.1"]), days: 365)
        let root = authority.certificateFile
        #expect(
            try await OpenSSL.run(
                "verify", "-x509_strict", "-CAfile", root, "-purpose", "sslclient", client.certificate))
        #expect(
            try await OpenSSL.run(
                "verify", "-x509_strict", "-CAfile", root, "-purpose", "sslserver", "-verify_hostname", "localhost",
                coordinator.certificate))
        #expect(try await !OpenSSL.run("verify", "-CAfile", root, "-purpose", "sslserver", client.certificate))
        #expect(try await OpenSSL.run("crl", "-in", authority.revocationFile, "-CAfile", root, "-noout"))
        let checked = [
            "verify", "-x509_strict", "-crl_check", "-CAfile", root, "-CRLfile", authority.revocationFile,
            client.certificate,
        ]
        #expect(try await OpenSSL.run(checked))
        _ = try authority.revoke(client.certificate)
        #expect(try await !OpenSSL.run(checked))
    }
}
