import Federation
import NIOCore
import NIOEmbedded
import Testing
import Wire

@Suite struct FrameDecoderTests {
    /// A stream with the preface and one message of each type, twice.
    private static let messages = Samples.messages + Samples.messages
    private static let stream: ByteBuffer = {
        var stream = ByteBuffer(bytes: Wire.preface)
        for message in messages { message.writeFrame(into: &stream) }
        return stream
    }()

    private func error(_ stream: ByteBuffer, payloadLimit: Int = 1 << 20) -> WireError? {
        do {
            _ = try decodeStream(stream, payloadLimit: payloadLimit)
            return nil
        } catch {
            return error as? WireError
        }
    }

    /// A stream with the preface and a header that promises a payload.
    private func header(length: UInt32, type: UInt8 = 0x30, flags: UInt8 = 0, reserved: UInt16 = 0) -> ByteBuffer {
        var stream = ByteBuffer(bytes: Wire.preface)
        stream.writeInteger(length, endianness: .little)
        stream.writeInteger(type)
        stream.writeInteger(flags)
        stream.writeInteger(reserved, endianness: .little)
        stream.writeInteger(0 as UInt32)
        return stream
    }

    @Test func cutAnywhere() throws {
        let stream = Self.stream
        for cut in 0...stream.readableBytes {
            let decoder = FrameDecoder(payloadLimit: 1 << 20)
            var buffer = try #require(stream.getSlice(at: 0, length: cut))
            var decoded: [Message] = []
            while let message = try decoder.decode(buffer: &buffer) { decoded.append(message) }
            buffer.writeImmutableBuffer(try #require(stream.getSlice(at: cut, length: stream.readableBytes - cut)))
            while let message = try decoder.decode(buffer: &buffer) { decoded.append(message) }
            #expect(decoded == Self.messages)
            #expect(buffer.readableBytes == 0)
        }
    }

    @Test func collectedByExtents() throws {
        let decoder = FrameDecoder(payloadLimit: 1 << 20)
        var stream = Self.stream
        var frame = ByteBuffer()
        var decoded: [Message] = []
        while stream.readableBytes > 0 {
            let missing = try decoder.extent(of: frame) - frame.readableBytes
            #expect(missing > 0)
            let next = stream.readSlice(length: missing)
            var piece = try #require(next)
            frame.writeBuffer(&piece)
            guard let message = try decoder.decode(buffer: &frame) else { continue }
            // Nothing is left over.
            #expect(frame.readableBytes == 0)
            decoded.append(message)
        }
        #expect(decoded == Self.messages)
    }

    @Test func extentOfABadHeader() throws {
        let decoder = FrameDecoder(payloadLimit: 100)
        var buffer = header(length: 101)
        buffer.moveReaderIndex(forwardBy: Wire.preface.count)
        var preface = ByteBuffer(bytes: Wire.preface)
        #expect(try decoder.extent(of: preface) == Wire.preface.count)
        _ = try decoder.decode(buffer: &preface)
        #expect(throws: WireError.self) { try decoder.extent(of: buffer) }
        // It is not trusted again.
        #expect(throws: WireError.self) { try decoder.extent(of: ByteBuffer()) }
    }

    @Test func randomPiecesThroughAChannel() throws {
        for seed in 0..<40 as Range<UInt64> {
            var generator = Generator(seed: seed)
            let sent = (0..<30).map { _ in generator.message(MessageType.allCases.randomElement(using: &generator)!) }
            let source = EmbeddedChannel(handler: MessageToByteHandler(MessageEncoder()))
            for message in sent { try source.writeOutbound(message) }
            var stream = ByteBuffer(bytes: Wire.preface)
            while let frame = try source.readOutbound(as: ByteBuffer.self) { stream.writeImmutableBuffer(frame) }

            let channel = EmbeddedChannel(
                handler: ByteToMessageHandler(FrameDecoder(payloadLimit: WireLimits.default.framePayload)))
            while stream.readableBytes > 0 {
                let count = min(stream.readableBytes, Int.random(in: 1...2000, using: &generator))
                let piece = stream.readSlice(length: count)
                try channel.writeInbound(try #require(piece))
            }
            var received: [Message] = []
            while let message = try channel.readInbound(as: Message.self) { received.append(message) }
            #expect(received == sent)
            let ends = [try source.finish(), try channel.finish()]
            #expect(ends.allSatisfy { $0.isClean })
        }
    }

    /// Every bit of a frame counts: none can be turned without an error.
    @Test func damagedBitsAreFound() throws {
        for message in Samples.messages {
            let frame = message.frame()
            for index in 0..<frame.readableBytes {
                for bit in 0..<8 {
                    var damaged = ByteBuffer(bytes: Wire.preface)
                    damaged.writeImmutableBuffer(frame)
                    let at = Wire.preface.count + index
                    let byte = try #require(damaged.getInteger(at: at, as: UInt8.self))
                    damaged.setInteger(byte ^ 1 << UInt8(bit), at: at)
                    #expect(error(damaged) != nil, "\(message.type), byte \(index), bit \(bit)")
                }
            }
        }
    }

    /// And every other value of every byte.
    @Test func damagedBytesAreFound() throws {
        let frame = Message.invitation(Samples.invitation()).frame()
        for index in 0..<frame.readableBytes {
            for change in 1...UInt8.max {
                var damaged = ByteBuffer(bytes: Wire.preface)
                damaged.writeImmutableBuffer(frame)
                let at = Wire.preface.count + index
                damaged.setInteger(try #require(damaged.getInteger(at: at, as: UInt8.self)) ^ change, at: at)
                #expect(error(damaged) != nil)
            }
        }
    }

    @Test func endWithinAFrameIsAnError() throws {
        let stream = Self.stream
        let ends = Self.messages.reduce(into: [0, Wire.preface.count]) { ends, message in
            ends.append(ends[ends.count - 1] + message.frame().readableBytes)
        }
        for length in 0..<stream.readableBytes {
            let code = error(try #require(stream.getSlice(at: 0, length: length)))?.code
            #expect(code == (ends.contains(length) ? nil : .streamTruncated))
        }
    }

    @Test func anotherProtocolIsAnsweredAtOnce() {
        for text in ["G", "GET / HTTP/1.1", "SSH-2.0"] {
            #expect(error(ByteBuffer(string: text))?.code == .badPreface)
        }
        // The beginning of a handshake, and an alert.
        for text in ["\u{16}", "\u{16}\u{3}\u{1}", "\u{15}\u{3}\u{3}\u{0}\u{2}"] {
            #expect(error(ByteBuffer(string: text))?.code == .tlsMismatch)
        }
        for index in Wire.preface.indices {
            var preface = Wire.preface
            preface[index] ^= 0x20
            #expect(error(ByteBuffer(bytes: preface.prefix(index + 1)))?.code == .badPreface)
        }
    }

    /// A header is judged when its twelve bytes are there: nobody waits for a payload that would be refused.
    @Test func longFramesAreRefusedByTheirHeader() throws {
        let limit = 16 * 1024
        for length in [16_385, 65_536, 1 << 20, 1 << 31, .max] as [UInt32] {
            #expect(error(header(length: length), payloadLimit: limit)?.code == .frameTooLong)
        }
        for length in [0, 1, 8, 16_383, 16_384] as [UInt32] {
            #expect(error(header(length: length), payloadLimit: limit)?.code != .frameTooLong)
        }
        // What is not too long is waited for.
        for length in [1, 8, 16_384] as [UInt32] {
            var waiting = header(length: length)
            #expect(try FrameDecoder(payloadLimit: limit).decode(buffer: &waiting) == nil)
            #expect(waiting.readableBytes == 12)
        }
    }

    @Test func strangeHeadersAreRefused() {
        #expect(error(header(length: 8, type: 0))?.code == .unknownMessageType)
        #expect(error(header(length: 8, type: 0xFF))?.code == .unknownMessageType)
        #expect(error(header(length: 8, flags: 1))?.code == .badHeader)
        #expect(error(header(length: 8, reserved: 0x8000))?.code == .badHeader)
        var wrong = header(length: 8)
        wrong.writeInteger(0 as UInt64)
        #expect(error(wrong)?.code == .checksumMismatch)
    }

    @Test func everyTypeByteIsKnownOrRefused() {
        let known = Set(MessageType.allCases.map(\.rawValue))
        for type in 0...UInt8.max {
            let isUnknown = error(header(length: 8, type: type))?.code == .unknownMessageType
            #expect(isUnknown == !known.contains(type))
        }
    }

    @Test func theLimitCanBeRaised() throws {
        let ready = Message.ready(Samples.ready((0..<3000).map { .init($0) }))
        var stream = ByteBuffer(bytes: Wire.preface)
        Message.hello(Samples.hello()).writeFrame(into: &stream)
        ready.writeFrame(into: &stream)
        let decoder = FrameDecoder(payloadLimit: WireLimits.default.greetingPayload)
        #expect(try decoder.decode(buffer: &stream) == .hello(Samples.hello()))
        var refused = stream
        decoder.payloadLimit = WireLimits.default.framePayload
        #expect(try decoder.decode(buffer: &stream) == ready)
        decoder.payloadLimit = WireLimits.default.greetingPayload
        #expect(throws: WireError.self) { try decoder.decode(buffer: &refused) }
    }

    @Test func nothingIsReadAfterAnError() throws {
        let decoder = FrameDecoder(payloadLimit: 100)
        var stream = header(length: 8, type: 0xFF)
        #expect(throws: WireError.self) { try decoder.decode(buffer: &stream) }
        var good = Message.ping(Ping(nonce: 1)).frame()
        #expect(throws: WireError.self) { try decoder.decode(buffer: &good) }
        #expect(try decoder.decodeLast(buffer: &good, seenEOF: true) == nil)
    }

    /// Random streams after a good preface, and random changes to a good stream.
    @Test func anyStreamIsAnswered() throws {
        var generator = Generator(seed: 9)
        for _ in 0..<3000 {
            var stream = ByteBuffer(bytes: Wire.preface)
            if Bool.random(using: &generator) {
                stream.writeBytes(generator.bytes(count: Int.random(in: 1...400, using: &generator)))
            } else {
                stream = Self.stream
                let at = Int.random(in: 0..<stream.readableBytes - 8, using: &generator)
                stream.setInteger(generator.next(), at: at)
            }
            #expect(error(stream) != nil)
        }
    }

    /// A chunk is a view of what was received.
    @Test func chunksAreNotCopied() throws {
        let chunk = Samples.updateChunk(count: 1000)
        var stream = ByteBuffer(bytes: Wire.preface)
        Message.updateChunk(chunk).writeFrame(into: &stream)
        let received = stream.withUnsafeReadableBytes { UInt(bitPattern: $0.baseAddress) }
        let end = received + UInt(stream.readableBytes)
        guard case .updateChunk(let decoded) = try FrameDecoder(payloadLimit: 2000).decode(buffer: &stream) else {
            Issue.record("no chunk")
            return
        }
        let start = decoded.bytes.withUnsafeReadableBytes { UInt(bitPattern: $0.baseAddress) }
        #expect(start == end - 1000)
    }
}
