internal import Learning
internal import NIOCore

extension TrainingSettings {
    init(from reader: inout MessageReader) throws(WireError) {
        let (optimizer, settings) = try reader.namedSettings("training")
        do {
            try self.init(optimizer: optimizer, settings: settings)
        } catch {
            throw reader.invalid("training", "has the optimizer \(optimizer), and cannot be used here: \(error)")
        }
    }

    func write(to buffer: inout ByteBuffer) { buffer.writeNamed(type(of: optimizer.rule).name, values) }
}
