import Settings

/// The settings that strategies or behaviours declare, of which the section of one takes its own.
struct DeclaredSettings {
    private let takers: [(name: String, settings: [Setting])]

    init(_ takers: [(name: String, settings: [Setting])]) {
        self.takers = takers
    }

    /// Reads the settings of one of them; those of the others are refused.
    ///
    /// - Parameters:
    ///   - name: whose; one of them.
    ///   - key: that says so in the section.
    ///   - isKnown: whether it does, and is not mistaken.
    func read(_ section: Section, of name: String, key: String, isKnown: Bool) -> SettingValues {
        let own = takers.first { $0.name == name }?.settings ?? []
        var values = SettingValues(own)
        for (setting, names) in shared {
            let mine = own.first { $0.name == setting.name }
            let value = section.read(
                mine ?? setting, otherwise: standard(of: setting.name),
                if: Condition(text: "\(key): \(names.joined(separator: ", "))", holds: isKnown ? mine != nil : nil))
            if mine != nil, let value { values.set(setting.name, value) }
        }
        return values
    }

    /// Each setting once, with those that take it.
    private var shared: [(setting: Setting, names: [String])] {
        var found: [(setting: Setting, names: [String])] = []
        for taker in takers {
            for setting in taker.settings {
                if let index = found.firstIndex(where: { $0.setting.name == setting.name }) {
                    found[index].names.append(taker.name)
                } else {
                    found.append((setting, [taker.name]))
                }
            }
        }
        return found
    }

    /// The default in words: `1`, or `0.1 with fedadam, 1 with the others`.
    private func standard(of name: String) -> String {
        var texts: [(text: String, names: [String])] = []
        for taker in takers {
            guard let text = taker.settings.first(where: { $0.name == name })?.standard.text else { continue }
            if let index = texts.firstIndex(where: { $0.text == text }) {
                texts[index].names.append(taker.name)
            } else {
                texts.append((text, [taker.name]))
            }
        }
        guard texts.count > 1 else { return texts.first?.text ?? "" }
        return texts.map { "\($0.text) with \($0.names.joined(separator: ", "))" }.joined(separator: "; ")
    }
}

extension ValueKind where Value == SettingValue {
    /// What a setting says of itself.
    static func setting(_ setting: Setting) -> Self {
        switch setting.kind {
        case .number(let bounds): ValueKind<Double>.number(bounds).as { .number($0) }
        case .wholeNumber(let range): ValueKind<Int>.wholeNumber(range).as { .wholeNumber($0) }
        case .word(let words): ValueKind<String>.word(of: words).as { .word($0) }
        case .truth: ValueKind<Bool>.truth.as { .truth($0) }
        case .names(let most):
            ValueKind(expectation: "a name, or a list of at most \(most) names", text: \.text) { scalar in
                setting.value(of: scalar.text).map { .value($0) } ?? .mismatch(remedy: nil)
            }.takingList
        }
    }
}

extension ValueKind {
    /// The same, read as a setting's value.
    fileprivate func `as`(_ value: @escaping (Value) -> SettingValue) -> ValueKind<SettingValue> {
        ValueKind<SettingValue>(expectation: expectation, text: \.text) { [read] scalar in
            switch read(scalar) {
            case .value(let found): .value(value(found))
            case .mismatch(let remedy): .mismatch(remedy: remedy)
            }
        }
    }
}
