import Federation
import NIOCore
import Parameters
import Testing
import Wire

/// Models and updates, from parameters to frames and back.
@Suite struct TransferTests {
    private static func parameters(count: Int, seed: UInt64) -> ParameterVector {
        var generator = Generator(seed: seed)
        return ParameterVector(
            layout: ParameterLayout([("values", [count])]),
            values: (0..<count).map { _ in Float.random(in: -1...1, using: &generator) })
    }

    private func update(_ parameters: ParameterVector, chunkSize: Int) -> OutgoingUpdate {
        OutgoingUpdate(
            key: Samples.key, examples: 600, loss: 0.5, accuracy: 0.75, steps: 60, trainMicroseconds: 1,
            parameters: parameters, chunkSize: chunkSize)
    }

    private func incoming(_ parameters: ParameterVector, digest: ContentDigest? = nil) throws -> IncomingTransfer {
        try IncomingTransfer(
            byteCount: UInt64(parameters.layout.byteCount), codec: .f32, digest: digest ?? parameters.digest,
            layout: parameters.layout)
    }

    private func bytes(_ parameters: ParameterVector) -> ByteBuffer {
        parameters.withCanonicalBytes { ByteBuffer(bytes: $0) }
    }

    private func code(_ body: () throws -> Void) -> WireError.Code? {
        do {
            try body()
            return nil
        } catch {
            return (error as? WireError)?.code
        }
    }

    /// Chunk sizes that divide the model, that do not, that cut values, and that are larger than it.
    @Test(arguments: [1, 3, 4, 64, 399, 400, 401, 100_000])
    func modelsArrive(chunkSize: Int) throws {
        let parameters = Self.parameters(count: 100, seed: 1)
        let model = EncodedModel(parameters: parameters, round: 7, chunkSize: chunkSize)
        var stream = ByteBuffer()
        for frame in model.frames { stream.writeImmutableBuffer(frame) }
        #expect(model.frameBytes == stream.readableBytes)
        var messages = try decodeAll(stream)[...]
        #expect(messages.popFirst() == .modelHeader(model.header))
        #expect(model.header.round == 7)
        #expect(messages.count == (400 + chunkSize - 1) / chunkSize)

        var transfer = try IncomingTransfer(
            byteCount: model.header.byteCount, codec: model.header.codec, digest: model.header.digest,
            layout: parameters.layout)
        for (index, message) in messages.enumerated() {
            guard case .modelChunk(let chunk) = message else {
                Issue.record("\(message.type) among chunks")
                return
            }
            #expect(chunk.round == 7)
            #expect(chunk.bytes.readableBytes <= chunkSize)
            #expect(try transfer.append(offset: chunk.offset, bytes: chunk.bytes) == (index == messages.count - 1))
        }
        #expect(try transfer.finish() == parameters)
    }

    @Test(arguments: [1, 3, 4, 64, 399, 400, 401, 100_000])
    func updatesArrive(chunkSize: Int) throws {
        let parameters = Self.parameters(count: 100, seed: 2)
        let outgoing = update(parameters, chunkSize: chunkSize)
        var transfer = try incoming(parameters)
        var complete = false
        for (index, frame) in outgoing.enumerated() {
            let message = try #require(try decodeAll(frame).first)
            switch message {
            case .updateHeader(let header):
                #expect(index == 0)
                #expect(header == outgoing.header)
            case .updateChunk(let chunk):
                #expect(chunk.key == Samples.key)
                #expect(!complete)
                complete = try transfer.append(offset: chunk.offset, bytes: chunk.bytes)
            default: Issue.record("\(message.type) in an update")
            }
        }
        #expect(complete)
        #expect(try transfer.finish() == parameters)
        // A sequence that can be gone through again, as when a connection was lost.
        #expect(Array(outgoing) == Array(outgoing))
    }

    /// Wherever a model was cut off, and whatever chunks it was cut into before.
    @Test(arguments: [1, 3, 64, 399, 400, 401])
    func modelsGoOn(chunkSize: Int) throws {
        let parameters = Self.parameters(count: 100, seed: 8)
        let model = EncodedModel(parameters: parameters, round: 7, chunkSize: chunkSize)
        for offset in [1, 2, 63, 64, 65, 398, 399, 400] {
            var transfer = try incoming(parameters)
            _ = try transfer.append(
                offset: 0, bytes: try #require(bytes(parameters).getSlice(at: 0, length: offset)))
            let held = ModelHeld(header: model.header, offset: transfer.receivedCount)
            var stream = ByteBuffer()
            for frame in try #require(model.rest(after: held)) { stream.writeImmutableBuffer(frame) }
            var messages = try decodeAll(stream)[...]
            #expect(messages.popFirst() == .modelRest(ModelRest(header: model.header, offset: UInt64(offset))))
            #expect(messages.count == (offset == 400 ? 0 : (400 + chunkSize - 1) / chunkSize - offset / chunkSize))
            for case .modelChunk(let chunk) in messages {
                #expect(chunk.bytes.readableBytes <= chunkSize)
                _ = try transfer.append(offset: chunk.offset, bytes: chunk.bytes)
            }
            #expect(try transfer.finish() == parameters)
        }
        var other = ModelHeld(header: model.header, offset: 1)
        other.header.round = 8
        #expect(model.rest(after: other) == nil)
    }

    @Test(arguments: [1, 3, 64, 399, 400, 401])
    func updatesGoOn(chunkSize: Int) throws {
        let parameters = Self.parameters(count: 100, seed: 9)
        let key = UpdateKey(round: 7, client: ClientID(3), attempt: 3)
        let outgoing = update(parameters, chunkSize: 17).again(as: key, chunkSize: chunkSize)
        #expect(outgoing.header.key == key && outgoing.header.digest == parameters.digest)
        for offset in [0, 1, 64, 399] {
            var transfer = try incoming(parameters)
            if offset > 0 {
                _ = try transfer.append(
                    offset: 0, bytes: try #require(bytes(parameters).getSlice(at: 0, length: offset)))
            }
            for frame in outgoing.chunks(from: UInt64(offset)) {
                guard case .updateChunk(let chunk) = try decodeAll(frame).first else {
                    Issue.record("no chunk")
                    return
                }
                #expect(chunk.key == key && chunk.bytes.readableBytes <= chunkSize)
                _ = try transfer.append(offset: chunk.offset, bytes: chunk.bytes)
            }
            #expect(try transfer.finish() == parameters)
        }
        #expect(Array(outgoing.chunks(from: .max)).isEmpty)
    }

    @Test func theHeaderSaysWhatWasTrained() {
        let parameters = Self.parameters(count: 10, seed: 3)
        let expected = UpdateHeader(
            key: Samples.key, examples: 600, codec: .f32, byteCount: 40, digest: parameters.digest, loss: 0.5,
            accuracy: 0.75, steps: 60, trainMicroseconds: 1)
        #expect(update(parameters, chunkSize: 8).header == expected)
    }

    @Test func framesAreTheMessages() {
        let parameters = Self.parameters(count: 10, seed: 4)
        let canonical = bytes(parameters)
        let model = EncodedModel(parameters: parameters, round: 3, chunkSize: 24)
        let chunks = [(0, 24), (24, 16)].map { start, count in
            Message.modelChunk(
                ModelChunk(
                    round: 3, offset: UInt64(start), bytes: canonical.getSlice(at: start, length: count) ?? ByteBuffer()
                ))
        }
        #expect(model.frames == ([.modelHeader(model.header)] + chunks).map { $0.frame() })
    }

    @Test func wrongLengthsAreRefusedBeforeAnyByte() {
        let layout = ParameterLayout([("values", [100])])
        for count in [0, 1, 399, 401, 404, 1 << 32, 1 << 62, UInt64.max] {
            #expect(
                code {
                    _ = try IncomingTransfer(byteCount: count, codec: .f32, digest: Samples.digest, layout: layout)
                } == .transferLength)
        }
    }

    /// Eight gigabytes announced a thousand times.
    @Test func headersTakeNoMemory() throws {
        let layout = ParameterLayout([("values", [WireLimits.parameters])])
        let transfers = try (0..<1000).map { _ in
            try IncomingTransfer(
                byteCount: UInt64(layout.byteCount), codec: .f32, digest: Samples.digest, layout: layout)
        }
        #expect(transfers.allSatisfy { !$0.isComplete })
    }

    @Test func chunksOutOfPlaceAreRefused() throws {
        let parameters = Self.parameters(count: 100, seed: 5)
        let canonical = bytes(parameters)
        var transfer = try incoming(parameters)
        let first = try #require(canonical.getSlice(at: 0, length: 100))
        #expect(code { _ = try transfer.append(offset: 1, bytes: first) } == .transferOutOfOrder)
        #expect(try !transfer.append(offset: 0, bytes: first))
        for offset in [0, 99, 101, 200, UInt64.max] {
            #expect(code { _ = try transfer.append(offset: offset, bytes: first) } == .transferOutOfOrder)
        }
        var tooLong = try #require(canonical.getSlice(at: 100, length: 300))
        tooLong.writeInteger(0 as UInt8)
        #expect(code { _ = try transfer.append(offset: 100, bytes: tooLong) } == .transferLength)
        // What was refused has left nothing behind.
        #expect(try transfer.append(offset: 100, bytes: try #require(canonical.getSlice(at: 100, length: 300))))
        #expect(code { _ = try transfer.append(offset: 400, bytes: first) } == .transferLength)
        #expect(try transfer.finish() == parameters)
    }

    @Test func unfinishedTransfersGiveNothing() throws {
        let parameters = Self.parameters(count: 100, seed: 6)
        var transfer = try incoming(parameters)
        #expect(!transfer.isComplete)
        _ = try transfer.append(offset: 0, bytes: try #require(bytes(parameters).getSlice(at: 0, length: 399)))
        #expect(!transfer.isComplete)
        #expect(code { _ = try transfer.finish() } == .transferLength)
    }

    @Test func anyDamageIsFoundByTheDigest() throws {
        let parameters = Self.parameters(count: 20, seed: 7)
        for index in 0..<80 {
            var damaged = bytes(parameters)
            damaged.setInteger(try #require(damaged.getInteger(at: index, as: UInt8.self)) ^ 1, at: index)
            var transfer = try incoming(parameters)
            #expect(try transfer.append(offset: 0, bytes: damaged))
            #expect(code { _ = try transfer.finish() } == .digestMismatch)
        }
    }

    /// The bits of a value are nobody's business here: NaN, infinities and negative zero arrive as they are.
    @Test func everyBitPatternArrives() throws {
        let values: [Float] = [.nan, -.nan, .signalingNaN, .infinity, -.infinity, -0.0, .leastNonzeroMagnitude]
        let parameters = ParameterVector(layout: ParameterLayout([("values", [values.count])]), values: values)
        var transfer = try incoming(parameters)
        _ = try transfer.append(offset: 0, bytes: bytes(parameters))
        let arrived = try transfer.finish()
        #expect(arrived.values.map(\.bitPattern) == values.map(\.bitPattern))
    }

    @Test func codecsAreToldByTheirIDs() {
        #expect((0...5).map { Codec(rawValue: $0) } == [nil, .f32, .f16, .bf16, .int8, nil])
    }
}
