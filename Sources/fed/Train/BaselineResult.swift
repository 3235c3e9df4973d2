import Datasets
import Federation
import Learning
import Parameters
import Settings
import Terminal

/// What `fed train --json` prints.
struct BaselineResult: Encodable, Sendable {
    let model: String
    let parameters: Int
    let seed: UInt64
    let optimizer: String
    let learningRate: Float
    let momentum: Float
    let weightDecay: Float
    /// 0 for all examples.
    let batchSize: Int
    let dataKind: String
    let dataDigest: ContentDigest
    /// The kernels that the bits of the result depend on.
    let blasCore: String
    let epochs: [Epoch]
    let modelDigest: ContentDigest

    struct Epoch: Encodable, Sendable {
        let epoch: Int
        /// Over the epoch's examples, each before its step.
        let trainLoss: Double
        let trainAccuracy: Double
        /// After the epoch.
        let testLoss: Double
        let testAccuracy: Double

        init(epoch: Int, training: Evaluation, test: Evaluation) {
            self.epoch = epoch
            trainLoss = training.loss
            trainAccuracy = training.accuracy
            testLoss = test.loss
            testAccuracy = test.accuracy
        }

        /// For people.
        var line: String {
            "epoch \(epoch): training loss \(NumberFormat.fixed(trainLoss, 4)), "
                + "accuracy \(NumberFormat.percent(trainAccuracy)); test loss \(NumberFormat.fixed(testLoss, 4)), "
                + "accuracy \(NumberFormat.percent(testAccuracy))"
        }
    }

    init(_ training: BaselineTraining, epochs: [Epoch], modelDigest: ContentDigest) {
        model = training.model.name
        parameters = training.model.layout.count
        seed = training.seed
        let rule = training.settings.optimizer.rule
        optimizer = type(of: rule).name
        learningRate = rule.learningRate
        momentum = training.settings.momentum
        weightDecay = rule.weightDecay
        batchSize =
            switch training.settings.batchSize {
            case .examples(let size): size
            case .all: 0
            }
        dataKind = training.dataset.kind.rawValue
        dataDigest = training.dataset.digest
        blasCore = BLAS.coreName
        self.epochs = epochs
        self.modelDigest = modelDigest
    }
}
