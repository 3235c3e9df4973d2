internal import Datasets
internal import NIOCore

extension PartitionChoice {
    init(from reader: inout MessageReader) throws(WireError) {
        let (name, settings) = try reader.namedSettings("partition")
        do {
            try self.init(name: name, settings: settings)
        } catch {
            throw reader.invalid("partition", "is \(name), which cannot be used here: \(error)")
        }
    }

    func write(to buffer: inout ByteBuffer) { buffer.writeNamed(name, values) }
}
