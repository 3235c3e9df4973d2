internal import Glibc

/// A stream that text is written to, and what it can show.
public struct TerminalOutput: Sendable {
    private let descriptor: Int32
    public let style: TerminalStyle

    /// - Parameter style: what the stream can show; found out from the stream and the environment if absent.
    public init(descriptor: Int32, style: TerminalStyle? = nil) {
        self.descriptor = descriptor
        self.style =
            style
            ?? TerminalStyle(isTerminal: isatty(descriptor) == 1) { name in
                getenv(name).map { String(cString: $0) }
            }
    }

    /// Results go here.
    public static let standardOutput = TerminalOutput(descriptor: STDOUT_FILENO)
    /// Progress and messages go here.
    public static let standardError = TerminalOutput(descriptor: STDERR_FILENO)

    /// The terminal's size now; `nil` where the stream is none.
    public var size: TerminalSize? {
        var window = winsize()
        guard isatty(descriptor) == 1 else { return nil }
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &window) == 0, window.ws_col > 0 else { return .fallback }
        return TerminalSize(
            columns: Int(window.ws_col), rows: window.ws_row > 0 ? Int(window.ws_row) : TerminalSize.fallback.rows)
    }

    /// Writes `text`, all of it. What the reader of a closed pipe misses is dropped.
    public func write(_ text: String) {
        // `print` has a buffer of its own, which would otherwise come after what was written later.
        fflush(nil)
        var text = text
        text.withUTF8 { bytes in
            var rest = UnsafeRawBufferPointer(bytes)
            while let base = rest.baseAddress, rest.count > 0 {
                let written = Glibc.write(descriptor, base, rest.count)
                if written >= 0 {
                    rest = UnsafeRawBufferPointer(rebasing: rest[written...])
                } else if errno == EAGAIN {
                    var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                    poll(&ready, 1, -1)
                } else if errno != EINTR {
                    return
                }
            }
        }
    }

    /// Writes a line that warns.
    public func warn(_ text: String) {
        write("\(style.text("warning:", .bold, .yellow)) \(text)\n")
    }

    /// Writes each of `lines` with a line end.
    public func write(lines: [String]) {
        write(lines.map { $0 + "\n" }.joined())
    }
}
