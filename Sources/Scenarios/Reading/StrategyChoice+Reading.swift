import Federation
import Learning
import Settings

extension StrategyChoice {
    /// The schema of `strategy`: its name, and the settings that the strategies declare.
    static func read(_ section: Section, training: TrainingSettings) -> StrategyChoice {
        let name = section.read(
            "name", .word(of: Strategies.all.map { $0.name }), default: FedAvg.name,
            "what clients and server do with a model and its updates; fed methods tells of each")
        let isKnown = !section.isRefused("name")
        let type = Strategies.named(name) ?? FedAvg.self
        var values = SettingValues(type.settings)
        for (setting, takers) in shared {
            let own = type.settings.first { $0.name == setting.name }
            let names = takers.map { $0.name }.joined(separator: ", ")
            let value = section.read(
                own ?? setting, otherwise: standard(of: setting.name, takers),
                if: Condition(text: "name: \(names)", holds: isKnown ? own != nil : nil))
            if own != nil, let value { values.set(setting.name, value) }
        }
        let choice = StrategyChoice(type, values)
        if isKnown, let obstacle = choice.make().obstacle(to: training) {
            section.refuse("name", with: "name", "is \(name), which \(obstacle)")
        }
        return choice
    }

    /// Each setting once, with the strategies that take it.
    private static var shared: [(setting: Setting, takers: [any Strategy.Type])] {
        var found: [(setting: Setting, takers: [any Strategy.Type])] = []
        for type in Strategies.all {
            for setting in type.settings {
                if let index = found.firstIndex(where: { $0.setting.name == setting.name }) {
                    found[index].takers.append(type)
                } else {
                    found.append((setting, [type]))
                }
            }
        }
        return found
    }

    /// The default in words: `1`, or `0.1 with fedadam, 1 with the others`.
    private static func standard(of name: String, _ takers: [any Strategy.Type]) -> String {
        var texts: [(text: String, names: [String])] = []
        for type in takers {
            guard let text = type.settings.first(where: { $0.name == name })?.standard.text else { continue }
            if let index = texts.firstIndex(where: { $0.text == text }) {
                texts[index].names.append(type.name)
            } else {
                texts.append((text, [type.name]))
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
