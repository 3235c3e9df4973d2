internal import Federation
internal import NIOCore
internal import Settings

extension StrategyChoice {
    init(from reader: inout MessageReader) throws(WireError) {
        self = try reader.choice("strategy", refusedWith: .unsupportedStrategy) {
            (name, settings) throws(SettingMistake) in
            try StrategyChoice(name: name, settings: settings)
        }
    }

    func write(to buffer: inout ByteBuffer) { buffer.writeNamed(name, values) }
}
