internal import Datasets
internal import NIOCore

extension DatasetKind {
    /// Its name: `mnist`, `digits`, `folder`.
    init(from reader: inout MessageReader) throws(WireError) {
        let name = try reader.name("dataset")
        guard let kind = DatasetKind(rawValue: name) else {
            let names = DatasetKind.allCases.map(\.rawValue).joined(separator: ", ")
            throw reader.invalid("dataset", "is \(name), none of \(names)")
        }
        self = kind
    }

    func write(to buffer: inout ByteBuffer) { buffer.writeName(rawValue) }
}
