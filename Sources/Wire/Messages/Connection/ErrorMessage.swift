internal import NIOCore

/// Either way, before the sender closes the connection: what was wrong.
public struct ErrorMessage: Sendable, Equatable {
    /// A ``WireError/Code``; a later version may have more of them.
    public var code: UInt16
    public var text: String
    public var remedy: String

    public init(code: UInt16, text: String, remedy: String) {
        self.code = code
        self.text = text
        self.remedy = remedy
    }

    public init(_ error: WireError) {
        self.init(code: error.code.rawValue, text: error.text, remedy: error.remedy)
    }

    /// The code, where it is known here.
    public var knownCode: WireError.Code? { WireError.Code(rawValue: code) }
}

extension ErrorMessage: MessagePayload {
    init(from reader: inout MessageReader) throws(WireError) {
        code = try reader.integer("code")
        text = try reader.text("text", limit: WireLimits.textBytes)
        remedy = try reader.text("remedy", limit: WireLimits.textBytes)
    }

    func write(to buffer: inout ByteBuffer) {
        buffer.writeField(code)
        buffer.writeText(text)
        buffer.writeText(remedy)
    }
}
