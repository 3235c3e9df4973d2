internal import Parameters

/// The layers of a ``Network`` that stand still in a training.
struct FrozenLayers {
    /// Where their parameters lie.
    let ranges: [Range<Int>]
    /// The first stage with parameters that are trained: no gradient is wanted before it.
    let firstTrained: Int
}

extension Network {
    /// The layers of these names, as the network has them.
    ///
    /// - Precondition: `layout` is that of the network's model, and not all of its layers are named.
    func frozen(_ names: Set<String>, in layout: ParameterLayout) -> FrozenLayers {
        guard !names.isEmpty else { return FrozenLayers(ranges: [], firstTrained: 0) }
        var ranges: [Range<Int>] = []
        var layers = layout.layers[...]
        var firstTrained: Int?
        for index in 0..<stages.count {
            let stage = stages.start[index]
            guard stage.parameters < stage.end, let layer = layers.popFirst() else { continue }
            if names.contains(layer) {
                ranges.append(stage.parameters..<stage.end)
            } else {
                firstTrained = firstTrained ?? index
            }
        }
        guard let firstTrained else { preconditionFailure("no layer is left to train") }
        return FrozenLayers(ranges: ranges, firstTrained: firstTrained)
    }
}
