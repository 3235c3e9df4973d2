internal import Federation
internal import NIOCore

extension StrategyChoice {
    init(from reader: inout MessageReader) throws(WireError) {
        let (name, settings) = try reader.namedSettings("strategy")
        do {
            try self.init(name: name, settings: settings)
        } catch {
            throw WireError(.unsupportedStrategy, "the strategy \(name) cannot be used here: \(error)")
        }
    }

    func write(to buffer: inout ByteBuffer) { buffer.writeNamed(name, values) }
}
