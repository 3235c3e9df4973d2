internal import NIOCore
internal import Parameters

extension ParameterLayout {
    /// The least that a tensor takes: two lengths.
    private static let tensorBytes = 3

    /// u32 count; for each tensor its name, u8 number of dimensions, u32 each.
    init(from reader: inout MessageReader) throws(WireError) {
        let count = try reader.count("tensors", itemBytes: Self.tensorBytes, limit: WireLimits.tensors)
        var tensors: [(name: String, shape: [Int])] = []
        tensors.reserveCapacity(count)
        var parameters = 0
        for _ in 0..<count {
            let name = try reader.name("tensors.name")
            let dimensions = try reader.integer("tensors.dimensions", in: 0...UInt8(WireLimits.dimensions))
            var shape: [Int] = []
            var values = 1
            for _ in 0..<dimensions {
                let dimension = Int(try reader.integer("tensors.dimension", in: 1...UInt32.max))
                // Both factors are below 2³², so the product fits.
                values *= dimension
                guard values <= WireLimits.parameters else { throw Self.tooLarge(reader) }
                shape.append(dimension)
            }
            parameters += values
            guard parameters <= WireLimits.parameters else { throw Self.tooLarge(reader) }
            tensors.append((name, shape))
        }
        guard parameters > 0 else { throw reader.invalid("tensors", "have no values") }
        self.init(tensors)
    }

    func write(to buffer: inout ByteBuffer) {
        buffer.writeCount(tensors.count)
        for tensor in tensors {
            buffer.writeName(tensor.name)
            buffer.writeField(UInt8(clamping: tensor.shape.count))
            for dimension in tensor.shape {
                buffer.writeCount(dimension)
            }
        }
    }

    private static func tooLarge(_ reader: MessageReader) -> WireError {
        reader.invalid("tensors", "have more than \(WireLimits.parameters) values")
    }
}
