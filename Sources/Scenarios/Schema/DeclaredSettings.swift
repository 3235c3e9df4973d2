import Settings

/// What can be named in a section, strategies, behaviours, optimisers or partitions, of which it takes the settings of one.
struct DeclaredSettings {
    private let common: [Setting]
    private let takers: [any Configurable.Type]

    /// - Parameter common: what they all take.
    init(common: [Setting] = [], _ takers: [any Configurable.Type]) {
        self.common = common
        self.takers = takers
    }

    /// Their names, one of which may stand under a key.
    var names: ValueKind<String> { .word(of: takers.map { $0.name }) }

    /// Reads which of them it is, and its settings.
    ///
    /// - Parameters:
    ///   - key: that says so in the section.
    ///   - standard: the name that holds without it.
    func choose(
        _ section: Section, _ key: String, default standard: String, _ meaning: String
    ) -> (name: String, values: SettingValues) {
        let name = section.read(key, names, default: standard, meaning)
        return (name, read(section, of: name, key: key, isKnown: !section.isRefused(key)))
    }

    /// Reads the settings of one of them; those of the others are refused.
    ///
    /// - Parameters:
    ///   - name: whose; one of them.
    ///   - key: that says so in the section.
    ///   - isKnown: whether it does, and is not mistaken.
    func read(_ section: Section, of name: String, key: String, isKnown: Bool) -> SettingValues {
        let own = common + (takers.first { $0.name == name }?.settings ?? [])
        var values = SettingValues(own)
        section.read(common, into: &values)
        for (setting, names) in shared {
            let mine = own.first { $0.name == setting.name }
            var condition: Condition?
            if names.count < takers.count {
                condition = Condition(
                    text: Condition.text(key, names), holds: isKnown ? mine != nil : nil)
            }
            if let need = setting.need, condition?.holds != false {
                let holds = mine == nil || section.isRefused(need.name) ? nil : values.word(need.name) == need.word
                condition = Condition(text: Condition.text(need.name, [need.word]), holds: holds)
            }
            let value = section.read(mine ?? setting, otherwise: standard(of: setting.name), if: condition)
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

    /// The default in words: `1`, or `1; 0.1 with fedadam, fedyogi`.
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
        // What most have needs no list of names.
        let most = texts.map(\.names.count).max()
        let common = texts.count { $0.names.count == most } == 1 ? texts.firstIndex { $0.names.count == most } : nil
        let others = texts.indices.filter { $0 != common }.map {
            "\(texts[$0].text) with \(texts[$0].names.joined(separator: ", "))"
        }
        return ((common.map { [texts[$0].text] } ?? []) + others).joined(separator: "; ")
    }
}

extension ValueKind where Value == SettingValue {
    /// What a setting says of itself.
    static func setting(_ setting: Setting) -> Self {
        kind(setting.kind) { setting.value(of: $0) }
    }

    private static func kind(_ kind: Setting.Kind, _ names: @escaping (String) -> SettingValue?) -> Self {
        switch kind {
        case .number(let bounds): ValueKind<Double>.number(bounds).as { .number($0) }
        case .wholeNumber(let range): ValueKind<Int>.wholeNumber(range).as { .wholeNumber($0) }
        case .word(let words): ValueKind<String>.word(of: words).as { .word($0) }
        case .truth: ValueKind<Bool>.truth.as { .truth($0) }
        case .names(let most):
            ValueKind(expectation: "a name, or a list of at most \(most) names", text: \.text) { scalar in
                names(scalar.text).map { .value($0) } ?? .mismatch(remedy: nil)
            }.takingList
        case .duration(let range): ValueKind<Duration>.duration(range).as { .duration($0) }
        case .bitRate(let range): ValueKind<Int>.bitRate(range).as { .bitRate($0) }
        case .byteCount(let range): ValueKind<Int>.byteCount(range).as { .byteCount($0) }
        case .dailyHours: ValueKind<DailyHours>.dailyHours.as { .dailyHours($0) }
        case .either(let word, let other):
            Self.kind(other, names).or(word)
        }
    }

    /// The same, or this word.
    private func or(_ word: String) -> Self {
        ValueKind(
            expectation: "\(expectation), or \(word)", text: \.text,
            read: { [read] scalar in scalar.text == word ? .value(.word(word)) : read(scalar) }, takesList: takesList)
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
