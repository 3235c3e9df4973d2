internal import Learning
internal import NIOCore

extension TrainingSettings {
    /// u32 local epochs, u32 batch size (0: all), u8 optimiser and its fields, f32 clip norm (0: none), f32 dropout.
    init(from reader: inout MessageReader) throws(WireError) {
        let epochs = Int(try reader.integer("localEpochs", in: 1...UInt32.max))
        let batch = Int(try reader.integer("batchSize") as UInt32)
        self.init(
            localEpochs: epochs, batchSize: batch == 0 ? .all : .examples(batch),
            optimizer: try Optimizer(from: &reader))
        let norm = try reader.float("clipNorm")
        clipNorm = norm == 0 ? nil : norm
        dropout = try reader.float("dropout", below: 1)
    }

    func write(to buffer: inout ByteBuffer) {
        buffer.writeCount(localEpochs)
        switch batchSize {
        case .all: buffer.writeCount(0)
        case .examples(let count): buffer.writeCount(count)
        }
        optimizer.write(to: &buffer)
        buffer.writeField(clipNorm ?? 0)
        buffer.writeField(dropout)
    }
}

extension TrainingSettings.Optimizer {
    fileprivate init(from reader: inout MessageReader) throws(WireError) {
        switch try reader.integer("optimizer") as UInt8 {
        case 1:
            self = .sgd(
                learningRate: try reader.float("learningRate"), momentum: try reader.float("momentum"),
                weightDecay: try reader.float("weightDecay"))
        case 2:
            self = .adam(
                learningRate: try reader.float("learningRate"), beta1: try reader.float("beta1", below: 1),
                beta2: try reader.float("beta2", below: 1), epsilon: try Self.epsilon(from: &reader),
                weightDecay: try reader.float("weightDecay"))
        case let kind: throw reader.invalid("optimizer", "is \(kind), none of 1, 2")
        }
    }

    /// Above 0: what is divided by it may be 0.
    private static func epsilon(from reader: inout MessageReader) throws(WireError) -> Float {
        let epsilon = try reader.float("epsilon")
        guard epsilon > 0 else { throw reader.invalid("epsilon", "is 0") }
        return epsilon
    }

    fileprivate func write(to buffer: inout ByteBuffer) {
        switch self {
        case .sgd(let learningRate, let momentum, let weightDecay):
            buffer.writeField(1 as UInt8)
            buffer.writeField(learningRate)
            buffer.writeField(momentum)
            buffer.writeField(weightDecay)
        case .adam(let learningRate, let beta1, let beta2, let epsilon, let weightDecay):
            buffer.writeField(2 as UInt8)
            buffer.writeField(learningRate)
            buffer.writeField(beta1)
            buffer.writeField(beta2)
            buffer.writeField(epsilon)
            buffer.writeField(weightDecay)
        }
    }
}
