internal import Federation
internal import NIOCore
internal import Settings

extension BehaviourChoice {
    init(from reader: inout MessageReader) throws(WireError) {
        self = try reader.choice("behaviour", refusedWith: .unsupportedBehaviour) {
            (name, settings) throws(SettingMistake) in
            try BehaviourChoice(name: name, settings: settings)
        }
    }

    func write(to buffer: inout ByteBuffer) { buffer.writeNamed(name, values) }
}
