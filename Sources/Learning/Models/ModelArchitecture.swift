/// A model by its name, whatever the data: its layers for any number of classes. With the shape of the data's examples it is a
/// ``ModelDefinition``.
public struct ModelArchitecture: Sendable {
    /// The name that scenarios use, for example `cnn`.
    public let name: String
    /// The layers for a number of classes; the last is dense, with a unit for each class.
    let layers: @Sendable (_ classes: Int) -> [LayerDefinition]

    init(_ name: String, layers: @escaping @Sendable (_ classes: Int) -> [LayerDefinition]) {
        self.name = name
        self.layers = layers
    }

    /// The model for examples of this shape, or `nil` where they are too small for it, or there cannot be so many classes.
    ///
    /// - Parameter input: of an example; each side at least 1.
    public func model(input: ImageShape, classes: Int) -> ModelDefinition? {
        guard SoftmaxCrossEntropy.possibleClasses ~= classes else { return nil }
        return ModelDefinition(whereItFits: name, input: input, layers: layers(classes))
    }

    /// The model for these examples, or `nil` where it does not fit them.
    public func model(for examples: ExampleSet) -> ModelDefinition? {
        model(input: examples.shape, classes: examples.classes)
    }

    /// All that a scenario can name; the first is the default.
    public static let all: [ModelArchitecture] = [.cnn, .mcmahanCNN, .mlp2NN, .logistic, .lenet, .mlp128x256]

    /// The one of that name.
    public static func named(_ name: String) -> ModelArchitecture? {
        all.first { $0.name == name }
    }
}
