internal import Federation
internal import NIOCore
internal import Settings

extension StrategyChoice {
    /// Name, u32 count of its settings, and of each its name and its value as text.
    init(from reader: inout MessageReader) throws(WireError) {
        let name = try reader.name("strategy")
        var settings: [(name: String, text: String)] = []
        for _ in 0..<(try reader.count("strategy.settings", itemBytes: 4, limit: WireLimits.settings)) {
            settings.append((try reader.name("strategy.settings.name"), try reader.name("strategy.settings.value")))
        }
        do {
            try self.init(name: name, settings: settings)
        } catch {
            throw WireError(.unsupportedStrategy, "the strategy \(name) cannot be used here: \(error)")
        }
    }

    func write(to buffer: inout ByteBuffer) {
        buffer.writeName(name)
        let texts = values.texts
        buffer.writeCount(texts.count)
        for (name, text) in texts {
            buffer.writeName(name)
            buffer.writeName(text)
        }
    }
}
