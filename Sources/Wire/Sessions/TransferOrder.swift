/// Follows one transfer on a connection: which it is, and which byte is next.
struct TransferOrder<Name: Sendable & Equatable & CustomStringConvertible>: Sendable {
    let name: Name
    private let byteCount: UInt64
    private var next: UInt64

    /// - Parameter start: where the first chunk begins.
    init(_ name: Name, byteCount: UInt64, from start: UInt64 = 0) {
        self.name = name
        self.byteCount = byteCount
        next = start
    }

    /// Whether the transfer ends with this chunk.
    mutating func advance(_ name: Name, offset: UInt64, byteCount chunk: Int) throws(WireError) -> Bool {
        guard name == self.name else {
            throw WireError(.unexpectedMessage, "a chunk of \(name) came within the transfer of \(self.name)")
        }
        guard offset == next else {
            throw WireError(.transferOutOfOrder, "a chunk at \(offset) came where \(next) was next (\(name))")
        }
        guard UInt64(chunk) <= byteCount - next else {
            throw WireError(
                .transferLength, "a chunk of \(chunk) bytes at \(offset) goes beyond \(byteCount) bytes (\(name))")
        }
        next += UInt64(chunk)
        return next == byteCount
    }
}
