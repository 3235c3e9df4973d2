/// How a person names a run: `3`, `01JD3Q…`, `latest`.
public enum RunSelector: Sendable, Hashable, LosslessStringConvertible {
    /// The run with the highest number.
    case latest
    case number(Int64)
    case ulid(ULID)

    public init?(_ text: String) {
        if text.lowercased() == "latest" {
            self = .latest
        } else if let ulid = ULID(text) {
            self = .ulid(ulid)
        } else if let number = Int64(text), number > 0 {
            self = .number(number)
        } else {
            return nil
        }
    }

    public var description: String {
        switch self {
        case .latest: "latest"
        case .number(let number): String(number)
        case .ulid(let ulid): ulid.description
        }
    }
}
