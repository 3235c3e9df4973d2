internal import Crypto
public import Foundation
internal import SwiftASN1
internal import X509

/// A small authority that signs the certificates of one deployment: its own certificate and its key.
///
/// Keys are ECDSA over P-256 with SHA-256 (FIPS 186-5), certificates X.509 version 3 (RFC 5280). The authority signs no
/// other authorities: a chain is always of two certificates.
public struct CertificateAuthority: Sendable {
    /// How long things last, in days.
    public enum Lifetime {
        public static let authority = 3650
        public static let coordinator = 365
        public static let clients = 90
        /// The longest that can be asked for: a hundred years.
        public static let longest = 36_500
    }

    /// Certificates count from a little before they are made, for clocks that are behind.
    static let clockTolerance: TimeInterval = 300

    public let certificate: IssuedCertificate
    let key: Certificate.PrivateKey

    /// A certificate and the key of its holder.
    public struct Issued: Sendable {
        public let certificate: IssuedCertificate
        /// PEM; a secret.
        public let key: Secret
    }

    /// Makes a new one.
    ///
    /// - Parameter name: for people; it stands in all that the authority issues.
    public static func create(
        name: String, days: Int = Lifetime.authority, now: Date = .now
    ) throws -> CertificateAuthority {
        let key = Certificate.PrivateKey(P256.Signing.PrivateKey())
        let subject = try DistinguishedName { CommonName(name) }
        let certificate = try Certificate(
            version: .v3, serialNumber: CertificateSerial.random().number, publicKey: key.publicKey,
            notValidBefore: now - clockTolerance, notValidAfter: now + TimeInterval(days) * 86_400, issuer: subject,
            subject: subject, signatureAlgorithm: .ecdsaWithSHA256,
            extensions: Certificate.Extensions {
                Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0))
                Critical(KeyUsage(keyCertSign: true, cRLSign: true))
                SubjectKeyIdentifier(hash: key.publicKey)
            },
            issuerPrivateKey: key)
        return CertificateAuthority(certificate: try IssuedCertificate(certificate), key: key)
    }

    /// Signs a certificate for a new key.
    ///
    /// It never outlives the authority: what it would do beyond that, nobody would accept.
    ///
    /// - Parameter notAfter: otherwise `days` from now.
    public func issue(
        _ role: CertificateRole, days: Int, now: Date = .now, notAfter: Date? = nil
    ) throws -> Issued {
        let key = P256.Signing.PrivateKey()
        let publicKey = Certificate.PublicKey(key.publicKey)
        let end = min(notAfter ?? now + TimeInterval(days) * 86_400, certificate.notAfter)
        let issuer = certificate.certificate
        let signed = try Certificate(
            version: .v3, serialNumber: CertificateSerial.random().number, publicKey: publicKey,
            notValidBefore: now - Self.clockTolerance, notValidAfter: end, issuer: issuer.subject,
            subject: try DistinguishedName { CommonName("fed \(role.name)".withinCommonName) },
            signatureAlgorithm: .ecdsaWithSHA256,
            extensions: Certificate.Extensions {
                Critical(BasicConstraints.notCertificateAuthority)
                Critical(KeyUsage(digitalSignature: true))
                try ExtendedKeyUsage([role.usage])
                SubjectAlternativeNames(role.alternativeNames)
                SubjectKeyIdentifier(hash: publicKey)
                AuthorityKeyIdentifier(keyIdentifier: try issuer.extensions.subjectKeyIdentifier?.keyIdentifier)
            },
            issuerPrivateKey: self.key)
        return Issued(certificate: try IssuedCertificate(signed), key: Secret(text: key.pemRepresentation + "\n"))
    }
}

extension String {
    /// RFC 5280's upper bound for a common name is 64 characters (appendix A.1, ub-common-name).
    fileprivate var withinCommonName: String { count <= 64 ? self : prefix(61) + "..." }
}
