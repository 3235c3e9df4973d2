internal import Identity
internal import NIOCore
internal import NIOSSL

/// Checks the certificate that a peer shows, in the midst of the handshake: what does not pass never gets further.
struct CertificateVerifier {
    let check: CertificateCheck
    let gate: HandshakeGate
    let eventLoop: any EventLoop

    /// The chain is of two certificates, the peer's and the authority's, which is known: what else the peer sends is not
    /// looked at. That the peer has the certificate's key is for TLS to see to.
    func verify(_ chain: [NIOSSLCertificate], _ promise: EventLoopPromise<NIOSSLVerificationResult>) {
        guard let bytes = try? chain.first?.toDERBytes(), let leaf = try? IssuedCertificate(bytes: bytes) else {
            gate.certificateTrouble = "cannot be read"
            return promise.succeed(.failed)
        }
        let verdict = eventLoop.makeFutureWithTask { [check] in await check.trouble(with: leaf) }
        verdict.assumeIsolated().whenComplete { [gate] result in
            switch result {
            case .success(nil): promise.succeed(.certificateVerified)
            case .success(let trouble):
                gate.certificateTrouble = trouble
                promise.succeed(.failed)
            case .failure(let error):
                gate.certificateTrouble = "cannot be checked: \(error)"
                promise.succeed(.failed)
            }
        }
    }
}
