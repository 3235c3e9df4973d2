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
    /// SHA-256 of the canonical bytes of the parameters.
    public var digest: ContentDigest
    /// The mean training loss over all examples and local epochs, each taken before its step; may be any value.
    public var loss: Double
    /// The training accuracy likewise, 0 to 1.
    public var accuracy: Double
    /// The number of optimiser steps.
    public var steps: UInt32
    /// The time that training took, in microseconds.
    public var trainMicroseconds: UInt64

    public init(
        key: UpdateKey, examples: UInt32, codec: Codec, byteCount: UInt64, digest: ContentDigest, loss: Double,
        accuracy: Double, steps: UInt32, trainMicroseconds: UInt64
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
    }
}
