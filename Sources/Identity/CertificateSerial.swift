internal import Parameters
internal import X509

/// A certificate's number among those of its authority, in hexadecimal digits without separators.
struct CertificateSerial: Sendable, Hashable, CustomStringConvertible {
    /// Big-endian, without leading zeros.
    let bytes: [UInt8]

    init(_ serial: Certificate.SerialNumber) {
        self.init(bytes: serial.bytes)
    }

    init(bytes: some Sequence<UInt8>) {
        self.bytes = Array(bytes.drop { $0 == 0 })
    }

    /// 128 bits from the system's generator: more than the 64 that RFC 5280's authorities are asked for, within its 20
    /// bytes (section 4.1.2.2). The highest bit is clear and the next one set, so that the number is positive and always
    /// as long.
    static func random() -> CertificateSerial {
        var bytes = (0..<16).map { _ in UInt8.random(in: 0...255) }
        bytes[0] = bytes[0] & 0x7F | 0x40
        return CertificateSerial(bytes: bytes)
    }

    /// Reads hexadecimal digits, with or without colons.
    init?(_ text: some StringProtocol) {
        var digits = String(text.filter { $0 != ":" })
        if digits.count % 2 == 1 { digits.insert("0", at: digits.startIndex) }
        let count = digits.count / 2
        guard 1...20 ~= count, let bytes = Hexadecimal.bytes(digits, count: count) else { return nil }
        self.init(bytes: bytes)
    }

    var number: Certificate.SerialNumber { Certificate.SerialNumber(bytes: bytes) }

    var description: String { Hexadecimal.text(bytes) }
}
