import Learning
import Settings
import Testing

@Suite struct TrainingSettingsTests {
    private static let rates: [Float] = [1e-9, 1e-6, 0.1, 0.0464, 1 / 3, 0.99999994, 1, 100]

    @Test("All settings are the same from their texts, bit for bit", arguments: rates)
    func roundTrip(rate: Float) throws {
        let below = min(rate, Float(1).nextDown)
        for optimizer in [
            TrainingSettings.Optimizer.sgd(learningRate: rate, momentum: below, weightDecay: below),
            .adam(learningRate: rate, beta1: below, beta2: 0.5, epsilon: below, weightDecay: below),
        ] {
            for (batch, clip) in [(.all, nil), (.examples(7), max(rate, 1e-6))]
                as [(TrainingSettings.BatchSize, Float?)]
            {
                let settings = TrainingSettings(
                    localEpochs: 3, batchSize: batch, optimizer: optimizer, clipNorm: clip, dropout: below)
                let name = type(of: optimizer.rule).name
                #expect(try TrainingSettings(optimizer: name, settings: settings.values.texts) == settings)
            }
        }
    }

    @Test("A number below 1 is not rounded to 1: dropout would leave nothing, and momentum never end")
    func belowOne() throws {
        let settings = try TrainingSettings(
            optimizer: "sgd", settings: [("dropout", "0.999999999"), ("momentum", "0.999999999")])
        #expect(settings.dropout == Float(1).nextDown)
        #expect(settings.optimizer == .sgd(learningRate: 0.1, momentum: Float(1).nextDown))
    }

    @Test("What is unknown or out of bounds is a mistake that names it")
    func mistakes() {
        for (optimizer, name, text) in [
            ("rmsprop", "dropout", "0"), ("adam", "momentum", "0.9"), ("sgd", "beta1", "0.9"), ("adam", "epsilon", "0"),
            ("sgd", "batch_size", "0"), ("sgd", "clip_norm", "0"), ("sgd", "learning_rate", "1e-10"),
        ] {
            #expect(throws: SettingMistake.self) {
                try TrainingSettings(optimizer: optimizer, settings: [(name: name, text: text)])
            }
        }
    }

    @Test("Every optimiser is in the list under its name, with its own defaults")
    func list() throws {
        for type in TrainingSettings.Optimizer.all {
            let settings = try TrainingSettings(optimizer: type.name, settings: [])
            #expect(Swift.type(of: settings.optimizer.rule) == type)
        }
        #expect(Set(TrainingSettings.Optimizer.all.map { $0.name }).count == TrainingSettings.Optimizer.all.count)
    }
}
