internal import Parameters

extension ModelDefinition {
    /// Bytes that training takes at least, on any device: the round's model, the trained one, its gradient and what the optimiser
    /// keeps, and for one batch the values between the layers and their gradients.
    ///
    /// - Parameter examples: that the client holds.
    public func trainingBytes(_ settings: TrainingSettings, examples: Int) -> Int {
        var shape = input
        var values = shape.count
        for layer in layers {
            shape = layer.output(for: shape)
            values += shape.count
        }
        let vectors = 3 + settings.optimizer.rule.vectors
        return 4 * (vectors * layout.count + 2 * settings.batchSize.size(for: examples) * values)
    }
}
