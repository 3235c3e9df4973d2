internal import Datasets
internal import NIOCore

extension DatasetKind {
    /// u8: 1 `mnist`, 2 `digits`, 3 `folder`.
    init(from reader: inout MessageReader) throws(WireError) {
        switch try reader.integer("dataset") as UInt8 {
        case 1: self = .mnist
        case 2: self = .digits
        case 3: self = .folder
        case let kind: throw reader.invalid("dataset", "is \(kind), none of 1, 2, 3")
        }
    }

    func write(to buffer: inout ByteBuffer) {
        let kind: UInt8 =
            switch self {
            case .mnist: 1
            case .digits: 2
            case .folder: 3
            }
        buffer.writeField(kind)
    }
}
