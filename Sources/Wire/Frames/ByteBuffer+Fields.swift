internal import Diagnostics
internal import Federation
internal import NIOCore
internal import Parameters

// The counterpart of MessageReader.
extension ByteBuffer {
    mutating func writeField(_ value: some FixedWidthInteger) {
        writeInteger(value, endianness: .little)
    }

    mutating func writeField(_ value: Bool) {
        writeField(value ? 1 : 0 as UInt8)
    }

    mutating func writeField(_ value: Double) {
        writeField(value.bitPattern)
    }

    mutating func writeField(_ value: ContentDigest) {
        writeBytes(value.bytes)
    }

    mutating func writeField(_ value: WireIdentifier) {
        writeBytes(value.bytes)
    }

    mutating func writeField(_ value: ClientID) {
        writeField(value.rawValue)
    }

    /// Writes a number that the program made itself and that fits by the rules for scenarios.
    mutating func writeCount(_ value: Int) {
        writeField(UInt32(clamping: value))
    }

    /// Writes a string without control characters, cut after the last whole character that fits into `limit` bytes.
    mutating func writeText(_ text: String, limit: Int = WireLimits.textBytes) {
        let text = text.withoutControls
        var end = text.startIndex
        if text.utf8.count <= limit {
            end = text.endIndex
        } else {
            var bytes = 0
            while end < text.endIndex {
                bytes += text[end].utf8.count
                guard bytes <= limit else { break }
                end = text.index(after: end)
            }
        }
        let kept = text[..<end]
        writeField(UInt16(clamping: kept.utf8.count))
        writeSubstring(kept)
    }

    mutating func writeName(_ name: String) {
        writeText(name, limit: WireLimits.nameBytes)
    }
}
