internal import Diagnostics
internal import Federation
internal import NIOCore
internal import Parameters

/// Reads the fields of one payload, and says which field of which message is wrong.
///
/// No length is believed: whatever takes memory is first measured against the bytes that are there.
struct MessageReader {
    let type: MessageType
    private var payload: ByteBuffer

    init(type: MessageType, payload: ByteBuffer) {
        self.type = type
        self.payload = payload
    }

    mutating func integer<Value: FixedWidthInteger>(_ field: String) throws(WireError) -> Value {
        guard let value = payload.readInteger(endianness: .little, as: Value.self) else { throw truncated(field) }
        return value
    }

    /// An integer within `range`.
    mutating func integer<Value: FixedWidthInteger>(
        _ field: String, in range: ClosedRange<Value>
    ) throws(WireError) -> Value {
        let value: Value = try integer(field)
        guard range.contains(value) else {
            throw invalid(field, "is \(value), outside \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }

    mutating func round() throws(WireError) -> UInt32 {
        try integer("round", in: 1...UInt32.max)
    }

    /// 0 or 1.
    mutating func bool(_ field: String) throws(WireError) -> Bool {
        try integer(field, in: 0...1 as ClosedRange<UInt8>) == 1
    }

    /// An IEEE 754 binary64 with any value.
    mutating func double(_ field: String) throws(WireError) -> Double {
        Double(bitPattern: try integer(field))
    }

    /// A finite IEEE 754 binary64 within `range`.
    mutating func double(_ field: String, in range: ClosedRange<Double>) throws(WireError) -> Double {
        let value = try double(field)
        guard value.isFinite, range.contains(value) else {
            throw invalid(field, "is \(value), outside \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }

    /// A string of at most `limit` bytes: a u16 length and UTF-8 without control characters, since it is shown and logged.
    mutating func text(_ field: String, limit: Int) throws(WireError) -> String {
        let length = Int(try integer(field) as UInt16)
        guard length <= limit else { throw invalid(field, "has \(length) bytes, more than \(limit)") }
        guard length <= payload.readableBytes else { throw truncated(field) }
        let text = payload.withUnsafeReadableBytes { String(validating: $0.prefix(length), as: UTF8.self) }
        guard let text else { throw invalid(field, "is not UTF-8") }
        guard !text.hasControls else { throw invalid(field, "has control characters") }
        payload.moveReaderIndex(forwardBy: length)
        return text
    }

    mutating func name(_ field: String) throws(WireError) -> String {
        try text(field, limit: WireLimits.nameBytes)
    }

    /// The number of items in a list, of which each takes at least `itemBytes`; they are all there.
    mutating func count(_ field: String, itemBytes: Int, limit: Int) throws(WireError) -> Int {
        let count = Int(try integer(field) as UInt32)
        guard count <= limit else { throw invalid(field, "has \(count) items, more than \(limit)") }
        guard count * itemBytes <= payload.readableBytes else { throw truncated(field) }
        return count
    }

    /// A list of clients, ascending and each once, with what `value` reads after each id.
    mutating func clients<Item>(
        _ field: String, itemBytes: Int, limit: Int,
        _ item: (ClientID, inout MessageReader) throws(WireError) -> Item
    ) throws(WireError) -> [Item] {
        let count = try count(field, itemBytes: itemBytes, limit: limit)
        var items: [Item] = []
        items.reserveCapacity(count)
        var last: UInt32?
        for _ in 0..<count {
            let client: UInt32 = try integer(field)
            if let last, client <= last { throw invalid(field, "names client \(client) after \(last)") }
            last = client
            items.append(try item(ClientID(client), &self))
        }
        return items
    }

    mutating func identifier(_ field: String) throws(WireError) -> WireIdentifier {
        guard let bytes = payload.readBytes(length: WireIdentifier.byteCount),
            let identifier = WireIdentifier(bytes: bytes)
        else { throw truncated(field) }
        return identifier
    }

    mutating func octets(_ field: String) throws(WireError) -> Octets32 {
        guard let bytes = payload.readBytes(length: Octets32.byteCount), let octets = Octets32(bytes: bytes)
        else { throw truncated(field) }
        return octets
    }

    mutating func digest(_ field: String) throws(WireError) -> ContentDigest {
        guard let bytes = payload.readBytes(length: ContentDigest.byteCount), let digest = ContentDigest(bytes: bytes)
        else { throw truncated(field) }
        return digest
    }

    mutating func codec() throws(WireError) -> Codec {
        let id: UInt8 = try integer("codec")
        guard let codec = Codec(rawValue: id) else {
            throw WireError(.unsupportedCodec, "\(type) uses codec \(id), which is not known here")
        }
        return codec
    }

    /// The bytes of a chunk, at least one: all that is left, as a view.
    mutating func rest(_ field: String) throws(WireError) -> ByteBuffer {
        guard payload.readableBytes > 0 else { throw invalid(field, "is empty") }
        let rest = payload.slice()
        payload.moveReaderIndex(forwardBy: rest.readableBytes)
        return rest
    }

    /// Nothing may be left over.
    func finish() throws(WireError) {
        guard payload.readableBytes == 0 else {
            throw WireError(.leftoverBytes, "\(type) has \(payload.readableBytes) bytes after its last field")
        }
    }

    func invalid(_ field: String, _ what: String) -> WireError {
        WireError(.invalidValue, "\(type).\(field) \(what)")
    }

    private func truncated(_ field: String) -> WireError {
        WireError(.truncatedMessage, "\(type) ends within its field \(field)")
    }
}
