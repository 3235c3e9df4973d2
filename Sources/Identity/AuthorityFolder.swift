internal import Crypto
public import Diagnostics
public import Foundation
internal import SwiftASN1
internal import X509

/// The folder of an authority: its certificate and key, what it has issued, what it has taken back.
///
///     authority.pem   authority.key   revoked.pem   coordinator.pem   coordinator.key   client-3.pem   client-3.key …
///
/// The folder is its owner's alone (mode 0700), and so are the keys in it (0600).
public struct AuthorityFolder: Sendable {
    public let path: String

    public init(_ path: String) {
        self.path = path
    }

    public var certificateFile: String { file("authority.pem") }
    public var keyFile: String { file("authority.key") }
    public var revocationFile: String { file("revoked.pem") }

    private func file(_ name: String) -> String { path.hasSuffix("/") ? path + name : "\(path)/\(name)" }

    /// Makes a new authority, and an empty list of revocations.
    public func create(name: String, days: Int, overwriting: Bool = false, now: Date = .now) throws {
        try GuardedFile.makeFolder(path)
        if !overwriting, FileManager.default.fileExists(atPath: keyFile) {
            throw Problem(
                .usage, "there is an authority already", at: path,
                remedy: "Choose another folder, or replace it with --force: all that it has issued is then worthless.")
        }
        let authority = try CertificateAuthority.create(name: name, days: days, now: now)
        let key = try authority.key.serializeAsPEM().pemString + "\n"
        try GuardedFile.write(key, path: keyFile, readers: .owner, overwriting: overwriting)
        try GuardedFile.write(
            authority.certificate.pem, path: certificateFile, readers: .everybody, overwriting: overwriting)
        var list = RevocationList()
        try GuardedFile.write(
            list.signed(by: authority, now: now), path: revocationFile, readers: .everybody, overwriting: overwriting)
    }

    /// The authority's certificate, without its key.
    public func certificate() throws(Problem) -> IssuedCertificate {
        guard FileManager.default.fileExists(atPath: certificateFile) else {
            throw Problem(
                .noInput, "there is no authority here", at: path,
                remedy: "Make one with fed certs init --directory \(path.shellWord).")
        }
        return try IssuedCertificate(path: certificateFile)
    }

    /// The authority with its key.
    public func authority() throws(Problem) -> CertificateAuthority {
        let certificate = try certificate()
        let text = try GuardedFile.read(keyFile)
        let key: Certificate.PrivateKey
        do {
            key = try Certificate.PrivateKey(pemEncoded: text)
        } catch {
            throw Problem(.data, "the file is not a private key in PEM", at: keyFile)
        }
        guard key.publicKey == certificate.certificate.publicKey else {
            throw Problem(.data, "the key is not that of \(certificateFile)", at: keyFile)
        }
        return CertificateAuthority(certificate: certificate, key: key)
    }

    /// Issues a certificate and writes it and its key.
    ///
    /// - Returns: the names of the two files.
    public func issue(
        _ role: CertificateRole, days: Int, overwriting: Bool = false, now: Date = .now, notAfter: Date? = nil
    ) throws -> (certificate: String, key: String) {
        let issued = try authority().issue(role, days: days, now: now, notAfter: notAfter)
        let files = (certificate: file("\(role.name).pem"), key: file("\(role.name).key"))
        if !overwriting, FileManager.default.fileExists(atPath: files.key) {
            throw Problem(
                .usage, "the file is there already", at: files.key,
                remedy: "Overwrite it with --force; what it replaces stays valid until it is revoked.")
        }
        // The key first: a certificate that nobody can use does no harm, a key without its certificate neither.
        try GuardedFile.write(issued.key.text, path: files.key, readers: .owner, overwriting: overwriting)
        try GuardedFile.write(
            issued.certificate.pem, path: files.certificate, readers: .everybody, overwriting: overwriting)
        return files
    }

    /// What lies in the folder, ordered by name.
    public func issued() throws(Problem) -> [(file: String, certificate: IssuedCertificate)] {
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: path)
        } catch {
            throw Problem(.noInput, "the folder cannot be read: \(error.localizedDescription)", at: path)
        }
        let own = ["authority.pem", "revoked.pem"]
        var found: [(file: String, certificate: IssuedCertificate)] = []
        let certificates = names.filter { $0.hasSuffix(".pem") && !own.contains($0) }
        for name in certificates.sorted(by: { $0.localizedStandardCompare($1) == .orderedAscending }) {
            found.append((name, try IssuedCertificate(path: file(name))))
        }
        return found
    }

    /// The list of what has been taken back.
    public func revocations() throws(Problem) -> RevocationList {
        try RevocationList(path: revocationFile, authority: certificate())
    }

    /// Takes a certificate back.
    ///
    /// - Parameter what: its number, or the file that it is in.
    /// - Returns: its number, and whether it was in the list already.
    public func revoke(_ what: String, now: Date = .now) throws -> (serialNumber: String, wasRevoked: Bool) {
        let authority = try authority()
        let serial: CertificateSerial
        if FileManager.default.fileExists(atPath: what) || FileManager.default.fileExists(atPath: file(what)) {
            let path = FileManager.default.fileExists(atPath: what) ? what : file(what)
            let certificate = try IssuedCertificate(path: path).certificate
            let issuer = authority.certificate.certificate
            guard certificate.issuer == issuer.subject,
                issuer.publicKey.isValidSignature(certificate.signature, for: certificate)
            else {
                throw Problem(
                    .data, "the certificate was not issued by this authority", at: path,
                    remedy: "Name the folder of its authority with --directory.")
            }
            serial = CertificateSerial(certificate.serialNumber)
        } else if let number = CertificateSerial(what) {
            serial = number
        } else {
            throw Problem(
                .noInput, "\"\(what)\" is neither a file nor a certificate's number",
                remedy: "Look for it with fed certs list.")
        }
        guard serial != CertificateSerial(authority.certificate.certificate.serialNumber) else {
            throw Problem(
                .usage, "an authority cannot take itself back", remedy: "Make a new one, and issue everything anew.")
        }
        var list = try revocations()
        guard !list.contains(serial) else { return (serial.description, true) }
        list.revoke(serial, at: now)
        try GuardedFile.write(
            list.signed(by: authority, now: now), path: revocationFile, readers: .everybody, overwriting: true)
        return (serial.description, false)
    }
}
