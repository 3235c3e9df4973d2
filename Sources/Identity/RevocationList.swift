public import Diagnostics
internal import Foundation
internal import SwiftASN1
internal import X509

/// The certificates that an authority has taken back: a certificate revocation list, version 2 (RFC 5280, section 5),
/// signed by the authority, in PEM.
public struct RevocationList: Sendable, Hashable {
    /// Rises by one with each list that the authority makes.
    public private(set) var number: UInt64 = 0
    /// When each was taken back.
    private var dates: [CertificateSerial: Date] = [:]

    static let discriminator = "X509 CRL"
    private static let crlNumber: ASN1ObjectIdentifier = [2, 5, 29, 20]

    init() {}

    /// The revoked certificates' numbers.
    public var serialNumbers: [String] { entries.map(\.key.description) }

    /// In the order in which they were taken back.
    private var entries: [(key: CertificateSerial, value: Date)] {
        dates.sorted { ($0.value, $0.key.description) < ($1.value, $1.key.description) }
    }

    /// Whether the certificate was taken back.
    public func contains(_ certificate: IssuedCertificate) -> Bool {
        contains(CertificateSerial(certificate.certificate.serialNumber))
    }

    func contains(_ serial: CertificateSerial) -> Bool {
        dates[serial] != nil
    }

    /// Adds a certificate, unless it is in the list.
    mutating func revoke(_ serial: CertificateSerial, at date: Date) {
        if !contains(serial) { dates[serial] = date }
    }

    // MARK: Writing

    /// The list with the next number, signed.
    ///
    /// The next update is promised for the day on which the authority itself ends: a list holds until it is replaced.
    mutating func signed(by authority: CertificateAuthority, now: Date) throws -> String {
        number += 1
        let issuer = authority.certificate.certificate
        var body = DER.Serializer()
        try body.appendConstructedNode(identifier: .sequence) { body in
            try body.serialize(1)  // version 2
            try Self.appendAlgorithm(&body)
            try body.serialize(issuer.subject)
            try Self.append(now, to: &body)
            try Self.append(issuer.notValidAfter, to: &body)
            if !dates.isEmpty {
                try body.appendConstructedNode(identifier: .sequence) { list in
                    for (serial, date) in entries {
                        try list.appendConstructedNode(identifier: .sequence) { item in
                            try item.serialize(serial.bytes[...].asInteger)
                            try Self.append(date, to: &item)
                        }
                    }
                }
            }
            try body.serialize(explicitlyTaggedWithTagNumber: 0, tagClass: .contextSpecific) { tagged in
                try tagged.appendConstructedNode(identifier: .sequence) { extensions in
                    let keyIdentifier = try issuer.extensions.subjectKeyIdentifier?.keyIdentifier
                    let authorityKey = try Certificate.Extension(
                        AuthorityKeyIdentifier(keyIdentifier: keyIdentifier), critical: false)
                    try Self.append(authorityKey.oid, Array(authorityKey.value), to: &extensions)
                    var encoded = DER.Serializer()
                    try encoded.serialize(number)
                    try Self.append(Self.crlNumber, encoded.serializedBytes, to: &extensions)
                }
            }
        }
        let bytes = body.serializedBytes
        let signature = try authority.key.sign(bytes: bytes, signatureAlgorithm: .ecdsaWithSHA256)
        var list = DER.Serializer()
        try list.appendConstructedNode(identifier: .sequence) { list in
            list.serializeRawBytes(bytes)
            try Self.appendAlgorithm(&list)
            try list.serialize(ASN1BitString(bytes: signature.rawRepresentation[...]))
        }
        return PEMDocument(type: Self.discriminator, derBytes: list.serializedBytes).pemString + "\n"
    }

    /// ecdsa-with-SHA256, without parameters (RFC 5758, section 3.2).
    private static let algorithm: ASN1ObjectIdentifier = [1, 2, 840, 10045, 4, 3, 2]

    private static func appendAlgorithm(_ serializer: inout DER.Serializer) throws {
        try serializer.appendConstructedNode(identifier: .sequence) { try $0.serialize(algorithm) }
    }

    private static func append(
        _ identifier: ASN1ObjectIdentifier, _ value: [UInt8], to serializer: inout DER.Serializer
    ) throws {
        try serializer.appendConstructedNode(identifier: .sequence) { item in
            try item.serialize(identifier)
            try item.serialize(ASN1OctetString(contentBytes: value[...]))
        }
    }

    /// Dates up to 2049 are written as UTCTime, later ones as GeneralizedTime (RFC 5280, section 5.1.2.4).
    private static func append(_ date: Date, to serializer: inout DER.Serializer) throws {
        let parts = calendar.dateComponents([.year, .month, .day, .hour, .minute, .second], from: date)
        let (year, month, day) = (parts.year ?? 0, parts.month ?? 0, parts.day ?? 0)
        let (hours, minutes, seconds) = (parts.hour ?? 0, parts.minute ?? 0, parts.second ?? 0)
        if year < 2050 {
            try serializer.serialize(
                UTCTime(year: year, month: month, day: day, hours: hours, minutes: minutes, seconds: seconds))
        } else {
            try serializer.serialize(
                GeneralizedTime(
                    year: year, month: month, day: day, hours: hours, minutes: minutes, seconds: seconds,
                    fractionalSeconds: 0))
        }
    }

    private static let calendar: Calendar = {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        return calendar
    }()

    // MARK: Reading

    /// Reads a list and checks that the authority signed it.
    public init(path: String, authority: IssuedCertificate) throws(Problem) {
        let text = try GuardedFile.read(path)
        do {
            try self.init(pem: text, authority: authority)
        } catch let problem as Problem {
            throw problem.placed(path)
        } catch {
            throw Problem(
                .data, "the file is not a revocation list in PEM: \(error)", at: path,
                remedy: "Give the revoked.pem that fed certs revoke writes.")
        }
    }

    init(pem: String, authority: IssuedCertificate) throws {
        let document = try PEMDocument(pemString: pem)
        guard document.discriminator == Self.discriminator else {
            throw Problem(.data, "the file holds a \(document.discriminator), no revocation list")
        }
        let parts = try DER.sequence(try DER.parse(document.derBytes), identifier: .sequence) { nodes in
            guard let body = nodes.next(), let algorithm = nodes.next() else {
                throw Problem(.data, "the revocation list is cut short")
            }
            return (body: body, algorithm: algorithm, signature: try ASN1BitString(derEncoded: &nodes))
        }
        let algorithm = try DER.sequence(parts.algorithm, identifier: .sequence) {
            try ASN1ObjectIdentifier(derEncoded: &$0)
        }
        let issuer = authority.certificate
        guard algorithm == Self.algorithm,
            issuer.publicKey.isValidSignature(
                parts.signature.bytes, for: parts.body.encodedBytes, signatureAlgorithm: .ecdsaWithSHA256)
        else {
            throw Problem(
                .data, "the revocation list is not signed by the authority \"\(authority.subject)\"",
                remedy: "Give the list of the authority that --authority names.")
        }
        // From here on the bytes are the authority's own.
        try DER.sequence(parts.body, identifier: .sequence) { nodes in
            _ = try Int(derEncoded: &nodes)
            _ = nodes.next()  // the algorithm once more
            guard let name = nodes.next(), try DistinguishedName(derEncoded: name) == issuer.subject else {
                throw Problem(.data, "the revocation list is another authority's")
            }
            _ = nodes.next()  // this update
            _ = nodes.next()  // next update
            while let node = nodes.next() {
                if node.identifier == .sequence {
                    try DER.sequence(node, identifier: .sequence) { list in
                        while let item = list.next() { try add(item) }
                    }
                } else {
                    number = try Self.number(in: node) ?? 0
                }
            }
        }
    }

    private mutating func add(_ node: ASN1Node) throws {
        let (serial, date) = try DER.sequence(node, identifier: .sequence) { item in
            let serial = try ArraySlice<UInt8>(derEncoded: &item)
            guard let time = item.next() else { throw Problem(.data, "a revocation has no date") }
            while item.next() != nil {}
            return (CertificateSerial(bytes: serial), try Self.date(time))
        }
        dates[serial] = date
    }

    private static func date(_ node: ASN1Node) throws -> Date {
        var parts = DateComponents()
        if node.identifier == .utcTime {
            let time = try UTCTime(derEncoded: node)
            (parts.year, parts.month, parts.day) = (time.year, time.month, time.day)
            (parts.hour, parts.minute, parts.second) = (time.hours, time.minutes, time.seconds)
        } else {
            let time = try GeneralizedTime(derEncoded: node)
            (parts.year, parts.month, parts.day) = (time.year, time.month, time.day)
            (parts.hour, parts.minute, parts.second) = (time.hours, time.minutes, time.seconds)
        }
        return calendar.date(from: parts) ?? .distantPast
    }

    private static func number(in tagged: ASN1Node) throws -> UInt64? {
        guard case .constructed(let children) = tagged.content else { return nil }
        var number: UInt64?
        for child in children {
            try DER.sequence(child, identifier: .sequence) { extensions in
                while let item = extensions.next() {
                    try DER.sequence(item, identifier: .sequence) { fields in
                        let identifier = try ASN1ObjectIdentifier(derEncoded: &fields)
                        let value = try ASN1OctetString(derEncoded: &fields)
                        if identifier == crlNumber { number = try UInt64(derEncoded: value.bytes) }
                    }
                }
            }
        }
        return number
    }
}

extension ArraySlice<UInt8> {
    /// These bytes as a positive DER integer: with a zero before a highest bit that would make it negative.
    fileprivate var asInteger: ArraySlice<UInt8> {
        guard let first else { return [0] }
        return first & 0x80 == 0 ? self : [0] + self
    }
}
