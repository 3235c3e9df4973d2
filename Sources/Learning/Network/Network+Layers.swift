// The list of what there is: a new layer has a case here, with a line in each function.
extension Network {
    enum Layer: BitwiseCopyable {
        case convolution(Convolution)
        case convolutionPooling(ConvolutionPooling)
        case fusedConvolutionPooling(FusedConvolutionPooling)
        case relu(ReLU)
        case maxPooling(MaxPooling)
        case dense(Dense)
        case fusedDense(FusedDense)
        case dropout(Dropout)
        case dropoutPlace(DropoutPlace)
    }

    /// What computes several layers at once, or one faster; the first that can is taken.
    static var fusions: [any LayerFusion.Type] {
        [FusedConvolutionPooling.self, ConvolutionPooling.self, FusedDense.self]
    }
}

// No existential: a step calls each of these for each stage, and counts no references.
extension Network.Layer: LayerStage {
    func prepare(_ pass: borrowing PreparationPass) {
        switch self {
        case .convolution(let stage): stage.prepare(pass)
        case .convolutionPooling(let stage): stage.prepare(pass)
        case .fusedConvolutionPooling(let stage): stage.prepare(pass)
        case .relu(let stage): stage.prepare(pass)
        case .maxPooling(let stage): stage.prepare(pass)
        case .dense(let stage): stage.prepare(pass)
        case .fusedDense(let stage): stage.prepare(pass)
        case .dropout(let stage): stage.prepare(pass)
        case .dropoutPlace(let stage): stage.prepare(pass)
        }
    }

    func forward(_ pass: borrowing ForwardPass) {
        switch self {
        case .convolution(let stage): stage.forward(pass)
        case .convolutionPooling(let stage): stage.forward(pass)
        case .fusedConvolutionPooling(let stage): stage.forward(pass)
        case .relu(let stage): stage.forward(pass)
        case .maxPooling(let stage): stage.forward(pass)
        case .dense(let stage): stage.forward(pass)
        case .fusedDense(let stage): stage.forward(pass)
        case .dropout(let stage): stage.forward(pass)
        case .dropoutPlace(let stage): stage.forward(pass)
        }
    }

    func backward(_ pass: borrowing BackwardPass) -> Bool {
        switch self {
        case .convolution(let stage): stage.backward(pass)
        case .convolutionPooling(let stage): stage.backward(pass)
        case .fusedConvolutionPooling(let stage): stage.backward(pass)
        case .relu(let stage): stage.backward(pass)
        case .maxPooling(let stage): stage.backward(pass)
        case .dense(let stage): stage.backward(pass)
        case .fusedDense(let stage): stage.backward(pass)
        case .dropout(let stage): stage.backward(pass)
        case .dropoutPlace(let stage): stage.backward(pass)
        }
    }
}
