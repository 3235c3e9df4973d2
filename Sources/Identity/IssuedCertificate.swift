public import Diagnostics
public import Foundation
internal import SwiftASN1
internal import X509

/// A certificate of this project's authority, as it is used and listed: what it is for, until when, its bytes.
public struct IssuedCertificate: Sendable {
    /// Elsewhere, since X509's is hundreds of bytes: each connection's tasks would keep room for several.
    private final class Contents: Sendable {
        let certificate: Certificate
        let bytes: [UInt8]

        init(_ certificate: Certificate, _ bytes: [UInt8]) {
            self.certificate = certificate
            self.bytes = bytes
        }
    }

    private let contents: Contents

    var certificate: Certificate { contents.certificate }
    /// DER, as it crosses the wire.
    public var bytes: [UInt8] { contents.bytes }

    /// - Throws: a ``Problem`` of kind `data` for bytes that are no certificate.
    public init(bytes: [UInt8]) throws(Problem) {
        do {
            contents = Contents(try Certificate(derEncoded: bytes), bytes)
        } catch {
            throw Problem(.data, "this is no certificate: \(error)")
        }
    }

    /// Reads a PEM file.
    public init(path: String) throws(Problem) {
        let text = try GuardedFile.read(path)
        do {
            let document = try PEMDocument(pemString: text)
            guard document.discriminator == Certificate.defaultPEMDiscriminator else {
                throw Problem(.data, "the file holds a \(document.discriminator)", at: path)
            }
            try self.init(bytes: document.derBytes)
        } catch let problem as Problem {
            throw Problem(
                .data, problem.what, at: path, remedy: "Give a certificate in PEM, as fed certs issue writes it.")
        } catch {
            throw Problem(
                .data, "the file is not one certificate in PEM", at: path,
                remedy: "Give a certificate in PEM, as fed certs issue writes it.")
        }
    }

    /// Reads the certificate of an authority.
    public static func authority(path: String) throws(Problem) -> IssuedCertificate {
        let certificate = try IssuedCertificate(path: path)
        guard certificate.isAuthority else {
            throw Problem(
                .data, "the certificate is no authority's", at: path,
                remedy: "Give the authority.pem of fed certs init.")
        }
        return certificate
    }

    init(_ certificate: Certificate) throws {
        var serializer = DER.Serializer()
        try serializer.serialize(certificate)
        contents = Contents(certificate, serializer.serializedBytes)
    }

    public var pem: String {
        PEMDocument(type: Certificate.defaultPEMDiscriminator, derBytes: bytes).pemString + "\n"
    }

    /// Hexadecimal digits without separators.
    public var serialNumber: String { CertificateSerial(certificate.serialNumber).description }

    public var notBefore: Date { certificate.notValidBefore }
    public var notAfter: Date { certificate.notValidAfter }

    /// For people: a stranger's certificate says what it likes, so they are cut, and without control characters.
    public var subject: String { Self.shown(certificate.subject) }
    public var issuer: String { Self.shown(certificate.issuer) }

    /// Whether it may sign others.
    public var isAuthority: Bool {
        if case .isCertificateAuthority? = try? certificate.extensions.basicConstraints { true } else { false }
    }

    /// The clients that its holder may host.
    public var clients: ClientSet {
        guard let names = try? certificate.extensions.subjectAlternativeNames else { return ClientSet([]) }
        return CertificateRole.clients(in: names)
    }

    /// The hosts and addresses that its holder may be reached under.
    public var hosts: [String] {
        guard let names = try? certificate.extensions.subjectAlternativeNames else { return [] }
        return names.compactMap { name in
            switch name {
            case .dnsName(let host): host
            case .ipAddress(let address): Self.text(of: Array(address.bytes))
            default: nil
            }
        }
    }

    private static func shown(_ name: DistinguishedName) -> String {
        String(commonName(name).withoutControls.prefix(100))
    }

    private static func commonName(_ name: DistinguishedName) -> String {
        for attributes in name {
            for attribute in attributes where attribute.type == .RDNAttributeType.commonName {
                return "\(attribute.value)"
            }
        }
        return name.description
    }

    private static func text(of address: [UInt8]) -> String {
        guard address.count == 16 else { return address.map { "\($0)" }.joined(separator: ".") }
        return stride(from: 0, to: 16, by: 2).map { String(Int(address[$0]) << 8 | Int(address[$0 + 1]), radix: 16) }
            .joined(separator: ":")
    }
}

extension IssuedCertificate: Hashable {
    public static func == (left: IssuedCertificate, right: IssuedCertificate) -> Bool { left.bytes == right.bytes }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(bytes)
    }
}
