internal import NIOCore
internal import Settings

extension MessageReader {
    /// A name, u32 count of its settings, and of each its name and its value as text: a strategy or a behaviour.
    private mutating func namedSettings(
        _ field: String
    ) throws(WireError) -> (name: String, settings: [(name: String, text: String)]) {
        let name = try name(field)
        var settings: [(name: String, text: String)] = []
        for _ in 0..<(try count("\(field).settings", itemBytes: 4, limit: WireLimits.settings)) {
            settings.append((try self.name("\(field).settings.name"), try self.name("\(field).settings.value")))
        }
        return (name, settings)
    }
}

extension MessageReader {
    /// What a name and settings make.
    ///
    /// - Parameter code: of the refusal, where they make nothing.
    mutating func choice<Value>(
        _ field: String, refusedWith code: WireError.Code = .invalidValue,
        _ make: (String, [(name: String, text: String)]) throws(SettingMistake) -> Value
    ) throws(WireError) -> Value {
        let (name, settings) = try namedSettings(field)
        do {
            return try make(name, settings)
        } catch {
            throw WireError(code, "the \(field) \(name) of \(type) cannot be used here: \(error)")
        }
    }
}

extension ByteBuffer {
    mutating func writeNamed(_ name: String, _ values: SettingValues) {
        writeName(name)
        let texts = values.texts
        writeCount(texts.count)
        for (name, text) in texts {
            writeName(name)
            writeName(text)
        }
    }
}
