public import NIOCore

/// Turns the bytes of a connection into messages: first the preface, then frames.
///
/// A class, since the limit is raised while a channel handler owns the decoder. It belongs to one event loop. After an
/// error it gives nothing more: a stream that was wrong once is not trusted again.
public final class FrameDecoder: NIOSingleStepByteToMessageDecoder {
    public typealias InboundOut = Message

    /// The longest payload that is taken, in bytes.
    public var payloadLimit: Int
    private var prefaceIsOver = false
    private var failure: WireError?

    /// - Parameter payloadLimit: ``WireLimits/greetingPayload`` for a coordinator that has not accepted a ``Hello``.
    public init(payloadLimit: Int) {
        self.payloadLimit = payloadLimit
    }

    /// Takes the next message from `buffer`; `nil` while it is not all there. A ``ModelChunk`` or ``UpdateChunk``
    /// is a view of `buffer`: let go of it before the next bytes are added, or they are copied.
    public func decode(buffer: inout ByteBuffer) throws(WireError) -> Message? {
        if let failure { throw failure }
        do {
            return try next(&buffer)
        } catch {
            failure = error
            throw error
        }
    }

    /// The same at the end of the stream, where half a frame is an error.
    public func decodeLast(buffer: inout ByteBuffer, seenEOF: Bool) throws(WireError) -> Message? {
        // The error has been given when it was found; the end of the connection that follows is no second one.
        if failure != nil {
            buffer.clear()
            return nil
        }
        if let message = try decode(buffer: &buffer) { return message }
        guard seenEOF, buffer.readableBytes > 0 else { return nil }
        let error = WireError(
            .streamTruncated, "the connection ended within a frame, \(buffer.readableBytes) bytes after its beginning")
        failure = error
        throw error
    }

    /// How many bytes the next message takes that begins as `buffer` does, as far as that is known: a whole frame once its
    /// header is there, otherwise what has to come first. For whoever collects the bytes of a frame.
    public func extent(of buffer: ByteBuffer) throws(WireError) -> Int {
        if let failure { throw failure }
        guard prefaceIsOver else { return Wire.preface.count }
        do {
            let header = try FrameHeader(peekedFrom: buffer, payloadLimit: payloadLimit)
            return FrameHeader.byteCount + (header?.payloadLength ?? 0)
        } catch {
            failure = error
            throw error
        }
    }

    private func next(_ buffer: inout ByteBuffer) throws(WireError) -> Message? {
        if !prefaceIsOver {
            // Compared as far as it is there, so that a peer that speaks something else is answered at once.
            let matches = buffer.withUnsafeReadableBytes { zip($0, Wire.preface).allSatisfy { $0 == $1 } }
            guard matches else {
                let records: ClosedRange<UInt8> = 20...23
                // The record types of TLS (RFC 8446, section 5.1): it is the other side that should know.
                if let first = buffer.readableBytesView.first, records.contains(first) {
                    throw WireError(.tlsMismatch, "the other side speaks TLS, and this side does not")
                }
                throw WireError(.badPreface, "the connection does not begin as one of this protocol")
            }
            guard buffer.readableBytes >= Wire.preface.count else { return nil }
            buffer.moveReaderIndex(forwardBy: Wire.preface.count)
            prefaceIsOver = true
        }
        guard let frame = try Frame(readingFrom: &buffer, payloadLimit: payloadLimit) else { return nil }
        return try Message(frame)
    }
}
