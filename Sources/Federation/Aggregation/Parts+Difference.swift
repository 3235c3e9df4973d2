public import Parameters

// A codec that loses something loses little of a small difference: the `parameters` of an update are then sent as their
// difference from the model that the client received, and the server adds that to the model that it has.
extension Parts {
    /// Turns the `parameters` of an update, if it has them, into their difference from a model.
    ///
    /// - Precondition: `model` has as many values as one of the update's vectors.
    public mutating func subtract(model: ParameterVector) {
        change(with: model) { $0 - $1 }
    }

    /// Turns the difference that was sent into `parameters`, the reverse of ``subtract(model:)``.
    package mutating func add(model: ParameterVector) {
        change(with: model) { $0 + $1 }
    }

    private mutating func change(with model: ParameterVector, _ formula: (Float, Float) -> Float) {
        precondition(model.layout.count == layout.model.count)
        guard layout.vectors.contains("parameters") else { return }
        withMutableValues(of: "parameters") { own in
            model.withValues { model in
                for place in own.indices { own[place] = formula(own[place], model[place]) }
            }
        }
    }
}
