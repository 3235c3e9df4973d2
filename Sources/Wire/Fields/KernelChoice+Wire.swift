internal import Learning
internal import NIOCore

extension KernelChoice {
    /// u8: 1 `fused`, 2 `openblas`.
    init(from reader: inout MessageReader) throws(WireError) {
        switch try reader.integer("kernels") as UInt8 {
        case 1: self = .fused
        case 2: self = .openblas
        case let kind: throw reader.invalid("kernels", "is \(kind), none of 1, 2")
        }
    }

    func write(to buffer: inout ByteBuffer) {
        let kind: UInt8 =
            switch self {
            case .fused: 1
            case .openblas: 2
            }
        buffer.writeField(kind)
    }
}
