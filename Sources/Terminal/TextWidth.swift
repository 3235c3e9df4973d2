/// Text as a terminal shows it: in columns, of which a letter takes one, a Chinese character two, an escape sequence
/// none.
extension String {
    /// The number of columns that the text takes.
    public var columns: Int {
        var columns = 0
        var rest = self[...]
        while let character = rest.first {
            if let sequence = rest.escapeSequence {
                rest = rest[sequence.endIndex...]
            } else {
                columns += character.columns
                rest = rest.dropFirst()
            }
        }
        return columns
    }

    /// The text with spaces after it up to `width` columns.
    public func padded(to width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - columns))
    }

    /// The text with spaces before it up to `width` columns.
    public func padded(before width: Int) -> String {
        String(repeating: " ", count: max(0, width - columns)) + self
    }

    /// The text, cut to at most `width` columns with a mark where something is missing. Escape sequences stay whole,
    /// and what they switched on is switched off.
    public func cut(to width: Int, style: TerminalStyle) -> String {
        guard columns > width else { return self }
        let mark = style.usesUnicode ? "…" : "~"
        var cut = ""
        var used = 0
        var isStyled = false
        var rest = self[...]
        while let character = rest.first {
            if let sequence = rest.escapeSequence {
                cut += sequence
                isStyled = true
                rest = rest[sequence.endIndex...]
                continue
            }
            guard used + character.columns <= width - 1 else { break }
            cut.append(character)
            used += character.columns
            rest = rest.dropFirst()
        }
        return cut + (width > 0 ? mark : "") + (isStyled ? "\u{1B}[0m" : "")
    }

    /// The text with every control character replaced, so that text from a peer or a file cannot move the cursor or
    /// change the terminal.
    public var withoutControls: String {
        guard unicodeScalars.contains(where: \.isControl) else { return self }
        var text = String.UnicodeScalarView()
        for scalar in unicodeScalars {
            text.append(scalar == "\n" || scalar == "\t" ? " " : scalar.isControl ? "\u{FFFD}" : scalar)
        }
        return String(text)
    }
}

extension Substring {
    /// The control sequence (ECMA-48: ESC, `[`, parameters, a final byte) that the text begins with.
    fileprivate var escapeSequence: Substring? {
        guard hasPrefix("\u{1B}[") else { return nil }
        guard let final = dropFirst(2).firstIndex(where: { ("@"..."~").contains($0) }) else { return self }
        return self[...final]
    }
}

extension Unicode.Scalar {
    /// C0, DEL, C1, and the marks that reorder text.
    fileprivate var isControl: Bool {
        switch value {
        case 0..<0x20, 0x7F..<0xA0, 0x202A...0x202E, 0x2066...0x2069: true
        default: false
        }
    }
}

extension Character {
    fileprivate var columns: Int {
        guard let scalar = unicodeScalars.first else { return 0 }
        switch scalar.properties.generalCategory {
        case .control, .format, .nonspacingMark, .enclosingMark: return 0
        default: break
        }
        // Unicode's EastAsianWidth, W and F, in coarse blocks.
        switch scalar.value {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF,
            0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F680...0x1F6FF,
            0x1F900...0x1F9FF, 0x1FA70...0x1FAFF, 0x20000...0x3FFFD:
            return 2
        default:
            return unicodeScalars.contains("\u{FE0F}") ? 2 : 1
        }
    }
}
