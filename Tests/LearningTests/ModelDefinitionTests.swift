import Learning
import Parameters
import Testing

struct ModelDefinitionTests {
    @Test(
        "Each model has its number of parameters",
        arguments: [
            ("cnn", 121_930), ("mcmahan-cnn", 1_663_370), ("mlp-2nn", 199_210), ("logistic", 7_850), ("lenet", 44_426),
            ("mlp-128-256", 136_074),
        ])
    func counts(name: String, count: Int) throws {
        let model = try #require(ModelDefinition.onMNIST(named: name))
        #expect(model.layout.count == count)
        #expect(model.input == .mnist && model.classes == 10)
    }

    @Test("The list has these models, the default first")
    func list() {
        #expect(
            ModelDefinition.allOnMNIST.map(\.name) == [
                "cnn", "mcmahan-cnn", "mlp-2nn", "logistic", "lenet", "mlp-128-256",
            ])
        #expect(ModelDefinition.onMNIST(named: "CNN") == nil)
    }

    @Test("A model takes its input and its classes from the data")
    func otherData() throws {
        let letters = ImageShape(channels: 1, height: 14, width: 10)
        let model = try #require(ModelArchitecture.cnn.model(input: letters, classes: 26))
        #expect(model.name == "cnn" && model.input == letters && model.classes == 26)
        #expect(
            model.layout.tensors.map(\.shape) == [
                [32, 1, 3, 3], [32], [64, 32, 3, 3], [64], [64, 128], [64], [26, 64], [26],
            ])
        // The same name is not the same model.
        #expect(model != .cnn && model == ModelArchitecture.cnn.model(input: letters, classes: 26))
        #expect(ModelArchitecture.named("cnn")?.model(input: .mnist, classes: 10) == .cnn)
        #expect(ModelArchitecture.lenet.model(input: letters, classes: 26) == nil)
        #expect(
            ModelArchitecture.logistic.model(input: ImageShape(channels: 1, height: 1, width: 1), classes: 2) != nil)
    }

    @Test("Names, shapes and order are the canonical ones")
    func layout() throws {
        let tensors = ModelDefinition.cnn.layout.tensors
        #expect(
            tensors.map(\.name) == [
                "conv1.weight", "conv1.bias", "conv2.weight", "conv2.bias", "dense1.weight", "dense1.bias",
                "dense2.weight", "dense2.bias",
            ])
        #expect(
            tensors.map(\.shape) == [[32, 1, 3, 3], [32], [64, 32, 3, 3], [64], [64, 1600], [64], [10, 64], [10]])
    }

    @Test("Initial weights fill their bounds, biases are 0", arguments: ModelDefinition.allOnMNIST)
    func initialisation(model: ModelDefinition) {
        let parameters = model.initialParameters(seed: 3)
        let last = model.layout.tensors.count - 2
        for (index, tensor) in model.layout.tensors.enumerated() {
            let values = parameters.values[tensor.range]
            if tensor.shape.count == 1 {
                #expect(values.allSatisfy { $0 == 0 })
            } else {
                let area = Float(tensor.shape.dropFirst(2).reduce(1, *))
                let fanIn = Float(tensor.shape[1]) * area
                let fanOut = Float(tensor.shape[0]) * area
                let limit = index == last ? (6 / (fanIn + fanOut)).squareRoot() : (6 / fanIn).squareRoot()
                #expect(values.allSatisfy { abs($0) <= limit })
                #expect(values.contains { $0 > 0.9 * limit } && values.contains { $0 < -0.9 * limit })
            }
        }
    }

    @Test("The seed decides the initial weights, and each tensor has its own")
    func seeds() {
        let model = ModelDefinition.mlp2NN
        let one = model.initialParameters(seed: 1)
        #expect(one == model.initialParameters(seed: 1))
        #expect(one != model.initialParameters(seed: 2))
        #expect(one != model.initialParameters(seed: 1 << 32 | 1))
        let tensors = model.layout.tensors
        #expect(one.values[tensors[0].range].prefix(8) != one.values[tensors[2].range].prefix(8))
    }

    @Test("The initial weights of seed 1 stay what they are")
    func golden() {
        #expect(
            ModelDefinition.logistic.initialParameters(seed: 1).digest.description
                == "2075dbf0aa29941f3f601217ef4a6ec62232eb64cecc462b86eb09511830f220")
    }
}
