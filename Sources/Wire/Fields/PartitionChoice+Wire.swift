internal import Datasets
internal import NIOCore
internal import Settings

extension PartitionChoice {
    init(from reader: inout MessageReader) throws(WireError) {
        self = try reader.choice("partition") { (name, settings) throws(SettingMistake) in
            try PartitionChoice(name: name, settings: settings)
        }
    }

    func write(to buffer: inout ByteBuffer) { buffer.writeNamed(name, values) }
}
