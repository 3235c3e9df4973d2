extension String {
    /// Whether the text has characters that command a terminal or reorder what it shows.
    public var hasControls: Bool { unicodeScalars.contains(where: \.isControl) }

    /// The text with every control character replaced, so that text from a peer or a file can neither move the cursor and
    /// change the terminal, nor begin a line of a log that is not its own.
    public var withoutControls: String {
        guard hasControls else { return self }
        var text = String.UnicodeScalarView()
        for scalar in unicodeScalars {
            text.append(scalar == "\n" || scalar == "\t" ? " " : scalar.isControl ? "\u{FFFD}" : scalar)
        }
        return String(text)
    }
}

extension Unicode.Scalar {
    /// C0, DEL, C1, and the marks that separate lines or reorder text.
    fileprivate var isControl: Bool {
        switch value {
        case 0..<0x20, 0x7F..<0xA0, 0x2028...0x2029, 0x202A...0x202E, 0x2066...0x2069: true
        default: false
        }
    }
}
