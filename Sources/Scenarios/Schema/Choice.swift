/// The value of a key on which other keys depend.
struct Choice<Value: RawRepresentable<String> & Equatable> {
    /// The name of the key.
    let name: String
    /// What the file says, or the default.
    let value: Value
    /// Whether the value is what was meant: not when the file says something there that cannot be read.
    let isKnown: Bool

    /// The condition that the key says this.
    func `is`(_ other: Value) -> Condition {
        isOne(of: other)
    }

    /// The condition that the key says one of these.
    func isOne(of others: Value...) -> Condition {
        Condition(
            text: Condition.text(name, others.map(\.rawValue)),
            holds: isKnown ? others.contains(value) : nil)
    }
}

/// What another key has to say for a key to be allowed.
struct Condition {
    /// For example `rule: dirichlet`.
    let text: String
    /// Whether it does; nil when there is no telling.
    let holds: Bool?

    /// For example `rule: dirichlet or client-dirichlet`.
    static func text(_ key: String, _ words: [String]) -> String {
        guard let last = words.last, words.count > 1 else { return "\(key): \(words.joined())" }
        return "\(key): \(words.dropLast().joined(separator: ", ")) or \(last)"
    }
}
