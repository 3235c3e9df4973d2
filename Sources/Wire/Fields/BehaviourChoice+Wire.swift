internal import Federation
internal import NIOCore

extension BehaviourChoice {
    init(from reader: inout MessageReader) throws(WireError) {
        let (name, settings) = try reader.namedSettings("behaviour")
        do {
            try self.init(name: name, settings: settings)
        } catch {
            throw WireError(.unsupportedBehaviour, "the behaviour \(name) cannot be used here: \(error)")
        }
    }

    func write(to buffer: inout ByteBuffer) { buffer.writeNamed(name, values) }
}
