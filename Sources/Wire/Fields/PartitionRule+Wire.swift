internal import Datasets
internal import NIOCore

extension PartitionRule {
    /// u8 assignment and its fields, u8 sizes and its fields.
    init(from reader: inout MessageReader) throws(WireError) {
        let assignment = try Assignment(from: &reader)
        self.init(assignment, sizes: try Sizes(from: &reader))
    }

    func write(to buffer: inout ByteBuffer) {
        assignment.write(to: &buffer)
        sizes.write(to: &buffer)
    }
}

extension PartitionRule.Assignment {
    fileprivate init(from reader: inout MessageReader) throws(WireError) {
        switch try reader.integer("partition") as UInt8 {
        case 1: self = .iid
        case 2: self = .shards(perClient: Int(try reader.integer("partition.perClient", in: 1...UInt32.max)))
        case 3: self = .classes(perClient: Int(try reader.integer("partition.perClient", in: 1...UInt32.max)))
        case 4:
            let alpha = try reader.double(
                "partition.alpha", in: Double.leastNonzeroMagnitude...Double.greatestFiniteMagnitude)
            self = .dirichlet(
                alpha: alpha, minimumExamples: Int(try reader.integer("partition.minimumExamples") as UInt32))
        case 5:
            self = .clientDirichlet(
                alpha: try reader.double(
                    "partition.alpha", in: Double.leastNonzeroMagnitude...Double.greatestFiniteMagnitude))
        case let kind: throw reader.invalid("partition", "is \(kind), none of 1 to 5")
        }
    }

    fileprivate func write(to buffer: inout ByteBuffer) {
        switch self {
        case .iid: buffer.writeField(1 as UInt8)
        case .shards(let perClient):
            buffer.writeField(2 as UInt8)
            buffer.writeCount(perClient)
        case .classes(let perClient):
            buffer.writeField(3 as UInt8)
            buffer.writeCount(perClient)
        case .dirichlet(let alpha, let minimumExamples):
            buffer.writeField(4 as UInt8)
            buffer.writeField(alpha)
            buffer.writeCount(minimumExamples)
        case .clientDirichlet(let alpha):
            buffer.writeField(5 as UInt8)
            buffer.writeField(alpha)
        }
    }
}

extension PartitionRule.Sizes {
    fileprivate init(from reader: inout MessageReader) throws(WireError) {
        switch try reader.integer("partition.sizes") as UInt8 {
        case 1: self = .equal
        case 2:
            self = .logNormal(sigma: try reader.double("partition.sigma", in: 0...Double.greatestFiniteMagnitude))
        case let kind: throw reader.invalid("partition.sizes", "is \(kind), none of 1, 2")
        }
    }

    fileprivate func write(to buffer: inout ByteBuffer) {
        switch self {
        case .equal: buffer.writeField(1 as UInt8)
        case .logNormal(let sigma):
            buffer.writeField(2 as UInt8)
            buffer.writeField(sigma)
        }
    }
}
