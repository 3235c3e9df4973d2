internal import Diagnostics
internal import Foundation
internal import Identity
internal import NIOCore
internal import NIOSSL

/// This side's own certificate and key, read from their files and found to belong together.
struct KeyPair: Sendable {
    let certificate: IssuedCertificate
    let path: String
    private let key: Secret

    init(certificate path: String, key keyPath: String) throws(Problem) {
        certificate = try IssuedCertificate(path: path)
        self.path = path
        key = Secret(bytes: Array(try GuardedFile.read(keyPath).utf8))
        do {
            let key = try NIOSSLPrivateKey(bytes: key.bytes, format: .pem)
            var configuration = TLSConfiguration.makeClientConfiguration()
            try use(key, in: &configuration)
            // BoringSSL compares the two when a context is made.
            _ = try NIOSSLContext(configuration: configuration)
        } catch {
            throw Problem(
                .data, "the file has not the key of \(path)", at: keyPath,
                remedy: "Give the .key that was written together with the certificate.")
        }
    }

    func use(in configuration: inout TLSConfiguration) throws {
        try use(NIOSSLPrivateKey(bytes: key.bytes, format: .pem), in: &configuration)
    }

    private func use(_ key: NIOSSLPrivateKey, in configuration: inout TLSConfiguration) throws {
        configuration.certificateChain = [
            .certificate(try NIOSSLCertificate(bytes: certificate.bytes, format: .der))
        ]
        configuration.privateKey = .privateKey(key)
    }
}

extension TLSConfiguration {
    /// What both sides have in common: TLS 1.3 and nothing else.
    mutating func useTLS13() {
        minimumTLSVersion = .tlsv13
        maximumTLSVersion = .tlsv13
        // The peer's certificate is judged by a callback, names and all.
        trustRoots = .certificates([])
        shutdownTimeout = .seconds(1)
    }
}
