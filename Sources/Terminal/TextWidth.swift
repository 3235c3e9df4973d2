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
}

extension Substring {
    /// The control sequence (ECMA-48: ESC, `[`, parameters, a final byte) that the text begins with.
    fileprivate var escapeSequence: Substring? {
        guard hasPrefix("\u{1B}[") else { return nil }
        guard let final = dropFirst(2).firstIndex(where: { ("@"..."~").contains($0) }) else { return self }
        return self[...final]
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
