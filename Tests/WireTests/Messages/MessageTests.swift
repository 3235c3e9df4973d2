import NIOCore
import Testing
import Wire

/// What holds for every message.
@Suite struct MessageTests {
    @Test(arguments: MessageType.allCases)
    func comesBackAsItWas(type: MessageType) throws {
        var generator = Generator(seed: UInt64(type.rawValue))
        for _ in 0..<200 {
            let message = generator.message(type)
            #expect(message.type == type)
            let frame = message.frame()
            let decoded = try decodeAll(frame)
            #expect(decoded == [message])
            // And one way to write each message.
            #expect(decoded.first?.frame() == frame)
        }
    }

    @Test(arguments: MessageType.allCases)
    func cutOffAnywhereIsRefused(type: MessageType) {
        var generator = Generator(seed: 100 + UInt64(type.rawValue))
        for _ in 0..<20 {
            let payload = generator.message(type).payload
            for length in 0..<payload.readableBytes {
                let error = payload.getSlice(at: payload.readerIndex, length: length).flatMap {
                    decodingError(type, $0)
                }
                // A chunk's bytes are whatever is left, so only what comes before them can be missed.
                if type == .modelChunk && length > 12 || type == .updateChunk && length > 20 {
                    #expect(error == nil)
                } else {
                    #expect(error != nil, "\(length) of \(payload.readableBytes) bytes were taken")
                }
            }
        }
    }

    @Test(arguments: MessageType.allCases)
    func leftOverBytesAreRefused(type: MessageType) {
        guard type != .modelChunk, type != .updateChunk else { return }  // All their bytes are data.
        var generator = Generator(seed: 200 + UInt64(type.rawValue))
        for count in 1...20 {
            var payload = generator.message(type).payload
            payload.writeBytes(generator.bytes(count: count))
            #expect(decodingError(type, payload)?.code == .leftoverBytes)
        }
    }

    /// A count of items that are not there is refused, and nothing is set aside for them.
    @Test func greatCountsAreRefused() {
        for (message, offset) in [
            (Message.hello(Samples.hello(.clients(Samples.clients(0)))), 57), (.hello(Samples.hello()), 58),
            (.welcome(Samples.welcome()), 55),
            (.welcome(Samples.welcome()), Message.welcome(Samples.welcome()).payload.readableBytes - 8),
            (.ready(Samples.ready()), 32),
            (.invitation(Samples.invitation()), 38),
        ] {
            for count in [3, 100, 200_000, 1 << 30, UInt32.max] {
                let code = message.refusal(with: count, at: offset)
                #expect(
                    code == .truncatedMessage || code == .invalidValue,
                    "\(message.type), \(count) items: \(code.map { "\($0)" } ?? "taken")")
            }
        }
    }

    /// Valid payloads with some bytes changed, and bytes that never were one: an error or a message, never a trap.
    @Test(arguments: MessageType.allCases)
    func anyBytesAreAnswered(type: MessageType) throws {
        var generator = Generator(seed: 300 + UInt64(type.rawValue))
        var taken = 0
        for _ in 0..<5000 {
            var payload = ByteBuffer(bytes: generator.bytes(count: Int.random(in: 0..<200, using: &generator)))
            if Bool.random(using: &generator) {
                payload = generator.message(type).payload
                for _ in 0..<Int.random(in: 1...4, using: &generator) {
                    let index = Int.random(in: 0..<payload.readableBytes, using: &generator)
                    payload.setInteger(UInt8(truncatingIfNeeded: generator.next()), at: payload.readerIndex + index)
                }
            }
            var rest = payload
            if let message = try? Message.decode(type: type, payload: &rest) {
                taken += 1
                // What was taken says the same when it is written: no two readings.
                if [.welcome, .invitation, .hostileClients].contains(type) {
                    // A number in a text may be written in several ways, and an absent setting has its default.
                    var written = message.payload
                    #expect(try Message.decode(type: type, payload: &written) == message)
                } else {
                    #expect(message.payload == payload)
                }
                #expect(rest.readableBytes == 0)
            }
        }
        #expect(taken > 0)
    }
}
