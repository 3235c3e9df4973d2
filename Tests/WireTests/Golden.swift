import Foundation
import NIOCore
import TestSupport
import Testing
import Wire

/// The committed byte vectors, made by make_golden.py, which knows the protocol from its description alone.
enum Golden {
    static let folder = Repository.path("Tests/WireTests/Golden")

    /// The bytes of a file: pairs of hexadecimal digits; `#` begins a comment.
    static func bytes(_ name: String) throws -> ByteBuffer {
        try bytes(of: String(contentsOfFile: "\(folder)/\(name).hex", encoding: .utf8).split(separator: "\n"))
    }

    /// The bytes that each side sends in session.hex, in order, as parts that follow one another.
    static func session() throws -> [(side: Substring, bytes: ByteBuffer)] {
        let text = try String(contentsOfFile: "\(folder)/session.hex", encoding: .utf8)
        var parts: [(side: Substring, lines: [Substring])] = []
        for line in text.split(separator: "\n") {
            if line.hasPrefix("["), line.hasSuffix("]") {
                parts.append((line.dropFirst().dropLast(), []))
            } else if !parts.isEmpty {
                parts[parts.count - 1].lines.append(line)
            }
        }
        return try parts.map { ($0.side, try bytes(of: $0.lines)) }
    }

    private static func bytes(of lines: some Sequence<Substring>) throws -> ByteBuffer {
        var buffer = ByteBuffer()
        for line in lines {
            for digits in line.prefix(while: { $0 != "#" }).split(separator: " ") {
                buffer.writeInteger(try #require(UInt8(digits, radix: 16), "\(digits) is no byte"))
            }
        }
        return buffer
    }

    /// The file holds the frame of `message`: it is decoded to it and encoded from it.
    static func check(_ name: String, _ message: Message, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let bytes = try bytes(name)
        #expect(message.frame() == bytes, sourceLocation: sourceLocation)
        #expect(try decodeAll(bytes) == [message], sourceLocation: sourceLocation)
    }
}

/// The messages in a stream of frames that begins after the preface.
func decodeAll(_ frames: ByteBuffer, payloadLimit: Int = WireLimits.default.framePayload) throws -> [Message] {
    var stream = ByteBuffer(bytes: Wire.preface)
    stream.writeImmutableBuffer(frames)
    return try decodeStream(stream, payloadLimit: payloadLimit)
}

/// The messages in a whole stream.
func decodeStream(_ stream: ByteBuffer, payloadLimit: Int = WireLimits.default.framePayload) throws -> [Message] {
    let decoder = FrameDecoder(payloadLimit: payloadLimit)
    var stream = stream
    var messages: [Message] = []
    while let message = try decoder.decodeLast(buffer: &stream, seenEOF: true) {
        messages.append(message)
    }
    return messages
}

/// The error of decoding `payload` as a message of `type`.
func decodingError(_ type: MessageType, _ payload: ByteBuffer) -> WireError? {
    var payload = payload
    do {
        _ = try Message.decode(type: type, payload: &payload)
        return nil
    } catch {
        return error
    }
}

extension Message {
    var payload: ByteBuffer {
        var buffer = ByteBuffer()
        encoded(into: &buffer)
        return buffer
    }

    /// The code with which this message's payload is refused once its integer at `offset` is `value`.
    /// The code of the refusal when the first such text in the payload is another of as many bytes.
    func refusal(of new: String, for old: String) -> WireError.Code? {
        var bytes = Array(payload.readableBytesView)
        guard let place = bytes.firstRange(of: Array(old.utf8)), new.utf8.count == old.utf8.count else { return nil }
        bytes.replaceSubrange(place, with: Array(new.utf8))
        return decodingError(type, ByteBuffer(bytes: bytes))?.code
    }

    func refusal<Value: FixedWidthInteger>(with value: Value, at offset: Int) -> WireError.Code? {
        var payload = payload
        payload.setInteger(value, at: payload.readerIndex + offset, endianness: .little)
        return decodingError(type, payload)?.code
    }
}
