public import Diagnostics

/// A host and a port, written `host:port`; an IPv6 address stands in brackets, `[::1]:7878`.
public struct Endpoint: Sendable, Hashable {
    /// The port that the programs use unless told otherwise.
    public static let defaultPort = 7878

    public var host: String
    /// 0 … 65535; 0 lets the system choose when listening.
    public var port: Int

    public init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// Reads `host:port` or `host`.
    public init(_ text: String) throws(Problem) {
        let problem = Problem(
            .usage, "\"\(text)\" is not host:port",
            remedy: "write for example 127.0.0.1:\(Self.defaultPort) or [::1]:\(Self.defaultPort)")
        var host = Substring(text)
        var port = Self.defaultPort
        if let colon = text.lastIndex(of: ":"), !text.hasSuffix("]") {
            host = text[..<colon]
            guard let number = UInt16(text[text.index(after: colon)...]) else { throw problem }
            port = Int(number)
        }
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
        } else if host.contains(":") {
            throw problem
        }
        guard !host.isEmpty, !host.contains(where: \.isWhitespace) else { throw problem }
        self.host = String(host)
        self.port = port
    }
}

extension Endpoint: CustomStringConvertible {
    public var description: String {
        host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }
}
