public import Parameters
internal import Randomness

extension ModelDefinition {
    /// The parameters that a run begins with: a function of the model and the seed alone, the same bits everywhere.
    ///
    /// The weights of a layer that a ReLU follows are uniform in ±√(6 / fan-in) (He et al. 2015, "Delving Deep into
    /// Rectifiers"), those of any other in ±√(6 / (fan-in + fan-out)) (Glorot and Bengio 2010, equation 16); biases
    /// are 0. Both are taken in their uniform form, since a normal draw would depend on the system's `log` and `cos`.
    /// Each tensor has a stream of its own: purpose `initialisation`, the tensor's place in the layout as `client`.
    public func initialParameters(seed: UInt64) -> ParameterVector {
        var parameters = ParameterVector(zerosFor: layout)
        parameters.withMutableValues { values in
            var shape = input
            var tensor = 0
            for (index, layer) in layers.enumerated() {
                let rectified = index + 1 < layers.count && layers[index + 1] == .relu
                for definition in layer.kind.tensors(for: shape) {
                    if case .uniform(let fanIn, let fanOut) = definition.initialisation {
                        let limit = (6 / Float(rectified ? fanIn : fanIn + fanOut)).squareRoot()
                        var stream = RandomStream(seed: seed, purpose: .initialisation, client: UInt32(tensor))
                        for place in layout.tensors[tensor].range {
                            values[place] = limit * (2 * stream.uniformFloat() - 1)
                        }
                    }
                    tensor += 1
                }
                shape = layer.output(for: shape)
            }
        }
        return parameters
    }
}
