internal import CChecksum

/// CRC-32C (Castagnoli; polynomial 0x1EDC6F41, reflected), as in iSCSI (RFC 3720, appendix B.4): by the processor's
/// instruction for it, or, where there is none, eight bytes a step (Kounavis and Berry 2005, "slicing-by-8").
public struct CRC32C: Sendable {
    private var state: UInt32 = ~0
    private let usesTables: Bool

    /// - Parameter usesTables: whether to do without the instruction.
    package init(usesTables: Bool) {
        self.usesTables = usesTables || !fed_crc32c_is_there()
    }

    public init() {
        self.init(usesTables: false)
    }

    /// Takes in `bytes`.
    public mutating func update(_ bytes: UnsafeRawBufferPointer) {
        guard let base = bytes.baseAddress else { return }
        state = usesTables ? Self.update(state, base, bytes.count) : fed_crc32c(state, base, bytes.count)
    }

    /// The checksum of all bytes so far.
    public var value: UInt32 { ~state }

    // MARK: Without the instruction

    private static func update(_ state: UInt32, _ base: UnsafeRawPointer, _ count: Int) -> UInt32 {
        tables.withUnsafeBufferPointer { tables in
            var state = state
            var next = base
            var left = count
            while left >= 8 {
                let word = UInt64(littleEndian: next.loadUnaligned(as: UInt64.self)) ^ UInt64(state)
                let low = UInt32(truncatingIfNeeded: word)
                let high = UInt32(truncatingIfNeeded: word >> 32)
                state =
                    tables[1792 + Int(low & 0xFF)] ^ tables[1536 + Int(low >> 8 & 0xFF)]
                    ^ tables[1280 + Int(low >> 16 & 0xFF)] ^ tables[1024 + Int(low >> 24)]
                    ^ tables[768 + Int(high & 0xFF)] ^ tables[512 + Int(high >> 8 & 0xFF)]
                    ^ tables[256 + Int(high >> 16 & 0xFF)] ^ tables[Int(high >> 24)]
                next += 8
                left -= 8
            }
            while left > 0 {
                state = state >> 8 ^ tables[Int((state ^ UInt32(next.load(as: UInt8.self))) & 0xFF)]
                next += 1
                left -= 1
            }
            return state
        }
    }

    /// Eight tables of 256 entries: the k-th is of a byte that k zero bytes follow.
    private static let tables: [UInt32] = {
        var tables = [UInt32](repeating: 0, count: 8 * 256)
        for byte in 0..<256 {
            var remainder = UInt32(byte)
            for _ in 0..<8 {
                remainder = remainder & 1 == 1 ? remainder >> 1 ^ 0x82F6_3B78 : remainder >> 1
            }
            tables[byte] = remainder
        }
        for index in 256..<tables.count {
            let shorter = tables[index - 256]
            tables[index] = shorter >> 8 ^ tables[Int(shorter & 0xFF)]
        }
        return tables
    }()
}
