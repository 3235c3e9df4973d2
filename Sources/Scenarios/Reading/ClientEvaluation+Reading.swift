import Federation
import Settings

extension ClientEvaluation {
    /// The keys of `clients` that say what they evaluate.
    static func read(_ section: Section) -> ClientEvaluation {
        let holdout = section.read(
            "holdout", .number(.from(0, upTo: 0.9)), default: 0,
            "the part of its examples that a client holds out from its training, to evaluate the global model and its own"
        )
        let epochs = section.read(
            "fine_tune_epochs", .wholeNumber(0...mostFineTuneEpochs), default: 0,
            "for how many epochs a client fine-tunes the global model, to evaluate it as its own")
        if epochs > 0, holdout == 0 {
            section.refuse(
                "fine_tune_epochs", with: "holdout", "is for a model that clients evaluate, and they evaluate none",
                remedy: "Write \"holdout: 0.2\" beside it, for example.")
        }
        return ClientEvaluation(holdout: holdout, fineTuneEpochs: epochs)
    }
}
