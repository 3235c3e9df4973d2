public import Settings

extension TrainingSettings {
    /// The smallest learning rate of a scenario, and of a schedule, since methods divide by it.
    public static let leastLearningRate = 1e-9

    /// What a scenario says under `train` whatever the optimiser is.
    public static let settings = [
        Setting(
            "local_epochs", .wholeNumber(1...1_000), default: .wholeNumber(1),
            "E, the passes over a client's examples in a round"),
        Setting(
            "batch_size", .either("all", or: .wholeNumber(1...1_000_000)), default: .wholeNumber(10),
            "B, the number of examples in a step"),
        Setting(
            "clip_norm", .either("none", or: .number(.from(1e-6, upTo: 1_000_000))), default: .word("none"),
            "the largest norm of a step's gradient; a longer one is shortened to it"),
        Setting(
            "dropout", .from(0, below: 1), default: 0,
            "the part of the values that a step leaves out, at the model's places for it"),
    ]

    /// - Parameter values: of ``settings`` and of the optimiser's own.
    public init(_ optimizer: any OptimizerRule.Type, _ values: SettingValues) {
        self.init(
            localEpochs: values.wholeNumber("local_epochs"),
            batchSize: values.optionalWholeNumber("batch_size").map { .examples($0) } ?? .all,
            optimizer: optimizer.init(values).optimizer,
            clipNorm: values.optionalNumber("clip_norm").map { Float($0) },
            dropout: values.singleBelowOne("dropout"))
    }

    /// Settings as texts, as they cross the wire; those that are absent have their defaults.
    ///
    /// - Throws: a ``SettingMistake`` when there is no such optimiser, or no such setting, or a value may not stand there.
    public init(optimizer name: String, settings: [(name: String, text: String)]) throws(SettingMistake) {
        guard let optimizer = Optimizer.named(name) else { throw SettingMistake(name: "optimizer", text: name) }
        self.init(optimizer, try SettingValues(Self.settings + optimizer.settings, texts: settings))
    }

    /// The value of each setting, the optimiser's too.
    public var values: SettingValues {
        let rule = optimizer.rule
        let own = type(of: rule).settings
        var values = SettingValues(Self.settings + own)
        values.set("local_epochs", .wholeNumber(localEpochs))
        if case .examples(let size) = batchSize {
            values.set("batch_size", .wholeNumber(size))
        } else {
            values.set("batch_size", .word("all"))
        }
        if let clipNorm { values.set("clip_norm", .single(clipNorm)) }
        values.set("dropout", .single(dropout))
        for (setting, value) in zip(own, rule.values) {
            values.set(setting.name, value)
        }
        return values
    }
}
