/// Where a section stands in a scenario.
struct SectionPath {
    /// For messages: the keys that lead to it, with the number of each item of a list: `behaviours[2]`.
    let text: String
    /// For the reference: the same for all items of a list, `behaviours[]`.
    let key: String
    /// Where it begins in the file, for an item of a list.
    var mark: SourceMark?
    /// Whether it stands for what a list may have, and not for anything in the file.
    var isExample = false

    static let top = SectionPath(text: "", key: "")

    func section(_ name: String) -> SectionPath { SectionPath(text: text(of: name), key: key(of: name)) }

    func item(_ number: Int, of name: String, at mark: SourceMark?) -> SectionPath {
        SectionPath(text: "\(text(of: name))[\(number)]", key: "\(key(of: name))[]", mark: mark)
    }

    func example(_ name: String) -> SectionPath {
        SectionPath(text: text(of: name), key: "\(key(of: name))[]", isExample: true)
    }

    func text(of name: String) -> String { text.isEmpty ? name : "\(text).\(name)" }

    func key(of name: String) -> String { key.isEmpty ? name : "\(key).\(name)" }
}
