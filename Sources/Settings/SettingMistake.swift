/// A value that cannot be used.
public struct SettingMistake: Error, Hashable {
    public let name: String
    /// What stood there; `nil` where there is no setting of this name.
    public let text: String?

    public init(name: String, text: String?) {
        self.name = name
        self.text = text
    }
}

extension SettingMistake: CustomStringConvertible {
    public var description: String {
        guard let text else { return "there is no setting \"\(name)\"" }
        return "\"\(name)\" cannot be \"\(text)\""
    }
}
