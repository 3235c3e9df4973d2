internal import Foundation
internal import SwiftASN1
internal import X509

/// Whether a certificate that a peer shows is to be believed: signed by the one authority, valid now, and for the use
/// that is made of it.
public struct CertificateCheck: Sendable {
    /// What the holder says it is.
    public enum Holder: Sendable, Hashable {
        case client
        /// A coordinator that was reached under this name or address.
        case coordinator(host: String)
    }

    public let authority: IssuedCertificate
    public let holder: Holder

    public init(authority: IssuedCertificate, holder: Holder) {
        self.authority = authority
        self.holder = holder
    }

    /// What is wrong with the certificate, in words that follow "the certificate …"; `nil` if nothing is.
    ///
    /// swift-certificates judges (RFC 5280 paths, RFC 6125 names); what it finds is then put into words.
    public func trouble(with leaf: IssuedCertificate) async -> String? {
        let policy: CertificateUsePolicy
        let identity: ServerIdentityPolicy?
        switch holder {
        case .client:
            policy = CertificateUsePolicy(usage: .clientAuth)
            identity = nil
        case .coordinator(let host):
            policy = CertificateUsePolicy(usage: .serverAuth)
            let isAddress = CertificateRole.address(host) != nil
            identity = ServerIdentityPolicy(serverHostname: isAddress ? nil : host, serverIP: isAddress ? host : nil)
        }
        var verifier = Verifier(rootCertificates: CertificateStore([authority.certificate])) {
            RFC5280Policy()
            policy
            if let identity { identity }
        }
        switch await verifier.validate(leaf: leaf.certificate, intermediates: CertificateStore()) {
        // The authority's own certificate is its root and would verify as a chain of one.
        case .validCertificate(let chain) where chain.count == 2: return nil
        case .validCertificate: return "is the authority's own"
        case .couldNotValidate(let failures):
            return describe(leaf) ?? failures.last.map { "is not valid: \($0.policyFailureReason)" }
                ?? "was not issued by the authority \"\(authority.subject)\""
        }
    }

    private func describe(_ leaf: IssuedCertificate) -> String? {
        let now = Date.now
        let certificate = leaf.certificate
        guard certificate.issuer == authority.certificate.subject,
            authority.certificate.publicKey.isValidSignature(certificate.signature, for: certificate)
        else {
            return leaf.issuer == authority.subject
                ? "was issued by another authority of the name \"\(leaf.issuer)\""
                : "was issued by the authority \"\(leaf.issuer)\", not by \"\(authority.subject)\""
        }
        if leaf.notAfter < now { return "expired on \(leaf.notAfter.day)" }
        if leaf.notBefore > now { return "is not valid before \(leaf.notBefore.day); compare the clocks" }
        if authority.notAfter < now { return "has an authority that expired on \(authority.notAfter.day)" }
        let usages = try? certificate.extensions.extendedKeyUsage
        switch holder {
        case .client where usages?.contains(.clientAuth) != true: return "is not one for clients"
        case .coordinator where usages?.contains(.serverAuth) != true: return "is not one for a coordinator"
        case .coordinator(let host):
            let hosts = leaf.hosts.isEmpty ? "no host" : leaf.hosts.joined(separator: ", ")
            return "is for \(hosts), not for \(host)"
        case .client: return nil
        }
    }
}

/// The extended key usage (RFC 5280, section 4.2.1.12) has to be there and to name the use: a client's certificate does
/// not make a coordinator.
private struct CertificateUsePolicy: VerifierPolicy, Sendable {
    let verifyingCriticalExtensions: [ASN1ObjectIdentifier] = [.X509ExtensionID.extendedKeyUsage]
    let usage: ExtendedKeyUsage.Usage

    mutating func chainMeetsPolicyRequirements(chain: UnverifiedCertificateChain) -> PolicyEvaluationResult {
        guard let usages = try? chain.leaf.extensions.extendedKeyUsage, usages.contains(usage) else {
            return .failsToMeetPolicy(reason: "the extended key usage is another")
        }
        return .meetsPolicy
    }
}
