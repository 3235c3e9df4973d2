internal import Learning
internal import NIOCore
internal import Settings

extension TrainingSettings {
    init(from reader: inout MessageReader) throws(WireError) {
        self = try reader.choice("optimizer") { (name, settings) throws(SettingMistake) in
            try TrainingSettings(optimizer: name, settings: settings)
        }
    }

    func write(to buffer: inout ByteBuffer) { buffer.writeNamed(type(of: optimizer.rule).name, values) }
}
