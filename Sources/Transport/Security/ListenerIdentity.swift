internal import Crypto
internal import Diagnostics
internal import Foundation
internal import Identity
internal import NIOSSL

/// Who a coordinator shows itself to be: its certificate and key, ready for TLS.
struct ListenerIdentity: Sendable {
    let context: NIOSSLContext
    /// Names the certificate to the proofs that a connection is bound to.
    let channelBinding: [UInt8]

    /// - Parameter asksForCertificates: whether workers have to show certificates of their own.
    /// - Throws: a ``Problem`` for files that are missing, wrong, expired, or do not belong together.
    init(certificate: String, key: String, asksForCertificates: Bool) throws(Problem) {
        let own = try KeyPair(certificate: certificate, key: key)
        guard own.certificate.notAfter > .now else {
            throw Problem(
                .data, "the coordinator's certificate has expired", at: certificate,
                remedy: "Issue a new one: fed certs issue coordinator --force.")
        }
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.useTLS13()
        // With no host to verify, this means: ask for a certificate, and end without one.
        configuration.certificateVerification = asksForCertificates ? .noHostnameVerification : .none
        do {
            try own.use(in: &configuration)
            context = try NIOSSLContext(configuration: configuration)
        } catch {
            throw Problem(.software, "TLS cannot be set up: \(error)", at: certificate)
        }
        channelBinding = Array(SHA256.hash(data: own.certificate.bytes))
    }
}
