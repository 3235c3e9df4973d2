public import Diagnostics
public import Learning

extension ModelArchitecture {
    /// The model for the examples of a data set.
    ///
    /// - Throws: a ``Problem`` of kind `data` when they are too small for it.
    public func model(for dataset: Dataset) throws(Problem) -> ModelDefinition {
        guard let model = model(for: dataset.train) else {
            throw Problem(
                .data, "images of \(dataset.train.shape.text) are too small for the model \(name)",
                at: dataset.provenance.description, remedy: "Choose a smaller model, for example mlp-128-256.")
        }
        return model
    }
}

extension DatasetKind {
    /// What its data have, as far as that is known before they are there: of files of the user's own nothing is, and they are
    /// taken to be like MNIST.
    public var expected: (examples: Int, shape: ImageShape, classes: Int) {
        switch self {
        case .mnist, .digits, .folder: (60_000, .mnist, 10)
        }
    }
}

extension ModelArchitecture {
    /// The model for data that are not there yet, for estimates and for the names of its layers.
    public func expectedModel(for kind: DatasetKind) -> ModelDefinition? {
        model(input: kind.expected.shape, classes: kind.expected.classes)
    }
}
