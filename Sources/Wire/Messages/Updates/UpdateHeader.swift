public import Federation
internal import NIOCore
public import Parameters

/// Worker → coordinator: a client has trained; its parameters follow in ``UpdateChunk``s.
public struct UpdateHeader: Sendable, Equatable {
    public var key: UpdateKey
    /// The number of examples that the client trained on: its weight in FedAvg.
    public var examples: UInt32
    public var codec: Codec
    /// The number of encoded bytes in all the chunks together; at least 1.
    public var byteCount: UInt64
    /// SHA-256 of the canonical bytes of the vectors, as they are decoded, and of ``scalars`` after them.
    public var digest: ContentDigest
    /// The mean training loss over all examples and local epochs, each taken before its step; may be any value.
    public var loss: Double
    /// The training accuracy likewise, 0 to 1.
    public var accuracy: Double
    /// The number of optimiser steps.
    public var steps: UInt32
    /// The time that training took, in microseconds.
    public var trainMicroseconds: UInt64
    /// The round from whose update the state dates that the client began with: that of its invitation, or 0 if it began
    /// without one.
    public var stateRound: UInt32
    /// The update's numbers, in the order in which its strategy declares them.
    public var scalars: [Double]

    public init(
        key: UpdateKey, examples: UInt32, codec: Codec, byteCount: UInt64, digest: ContentDigest, loss: Double,
        accuracy: Double, steps: UInt32, trainMicroseconds: UInt64, stateRound: UInt32 = 0, scalars: [Double] = []
    ) {
        self.key = key
        self.examples = examples
        self.codec = codec
        self.byteCount = byteCount
        self.digest = digest
        self.loss = loss
        self.accuracy = accuracy
        self.steps = steps
        self.trainMicroseconds = trainMicroseconds
        self.stateRound = stateRound
        self.scalars = scalars
    }
}

extension UpdateHeader: MessagePayload {
    init(from reader: inout MessageReader) throws(WireError) {
        key = try UpdateKey(from: &reader)
        examples = try reader.integer("examples")
        codec = try reader.codec()
        byteCount = try reader.integer("byteCount", in: 1...UInt64.max)
        digest = try reader.digest("digest")
        loss = try reader.double("loss")
        accuracy = try reader.double("accuracy", in: 0...1)
        steps = try reader.integer("steps")
        trainMicroseconds = try reader.integer("trainMicroseconds")
        stateRound = try reader.integer("stateRound")
        scalars = []
        for _ in 0..<(try reader.count("scalars", itemBytes: 8, limit: WireLimits.scalars)) {
            scalars.append(try reader.double("scalars"))
        }
    }

    func write(to buffer: inout ByteBuffer) {
        key.write(to: &buffer)
        buffer.writeField(examples)
        buffer.writeField(codec.rawValue)
        buffer.writeField(byteCount)
        buffer.writeField(digest)
        buffer.writeField(loss)
        buffer.writeField(accuracy)
        buffer.writeField(steps)
        buffer.writeField(trainMicroseconds)
        buffer.writeField(stateRound)
        buffer.writeCount(scalars.count)
        for scalar in scalars { buffer.writeField(scalar) }
    }
}
