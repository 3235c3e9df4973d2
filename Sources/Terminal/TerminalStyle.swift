internal import Glibc

/// What a stream can show: colours, characters beyond ASCII, lines that are drawn again in place.
///
/// Rendering takes a style and gives a `String`; only ``TerminalOutput`` writes.
public struct TerminalStyle: Sendable, Hashable {
    /// Whether lines can be drawn again in place: the stream is a terminal and not a dumb one.
    public var redraws: Bool
    /// Whether colours and bold type are used.
    public var usesColor: Bool
    /// Whether characters beyond ASCII are used: block elements, Braille patterns, box drawing.
    public var usesUnicode: Bool

    public init(redraws: Bool = false, usesColor: Bool = false, usesUnicode: Bool = false) {
        self.redraws = redraws
        self.usesColor = usesColor
        self.usesUnicode = usesUnicode
    }

    /// The style for a stream in a given environment: colour where the stream is a terminal, `NO_COLOR` is unset or
    /// empty (no-color.org) and `TERM` is not `dumb`; Unicode where the locale's character set is UTF-8.
    public init(isTerminal: Bool, environment: (String) -> String?) {
        let redraws = isTerminal && environment("TERM") != "dumb"
        // POSIX: the first of these that is set and not empty decides.
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].lazy.compactMap(environment).first { !$0.isEmpty } ?? ""
        let characters = locale.lowercased()
        self.init(
            redraws: redraws,
            usesColor: redraws && (environment("NO_COLOR") ?? "").isEmpty,
            usesUnicode: characters.contains("utf-8") || characters.contains("utf8"))
    }

    /// Plain ASCII lines.
    public static let plain = TerminalStyle()

    /// How a piece of text is shown where there is colour.
    public enum Attribute: Sendable, Hashable {
        case bold, dim
        case red, green, yellow, blue, magenta, cyan
        /// A text colour of the 256-colour palette.
        case foreground(UInt8)
        /// A background colour of the 256-colour palette.
        case background(UInt8)

        fileprivate var code: String {
            switch self {
            case .bold: "1"
            case .dim: "2"
            case .red: "31"
            case .green: "32"
            case .yellow: "33"
            case .blue: "34"
            case .magenta: "35"
            case .cyan: "36"
            case .foreground(let index): "38;5;\(index)"
            case .background(let index): "48;5;\(index)"
            }
        }
    }

    /// `text` with `attributes`, or `text` alone where there is no colour.
    public func text(_ text: String, _ attributes: Attribute...) -> String {
        self.text(text, attributes)
    }

    /// `text` with `attributes`, or `text` alone where there is no colour.
    public func text(_ text: String, _ attributes: [Attribute]) -> String {
        guard usesColor, !attributes.isEmpty, !text.isEmpty else { return text }
        return "\u{1B}[\(attributes.map(\.code).joined(separator: ";"))m\(text)\u{1B}[0m"
    }
}
