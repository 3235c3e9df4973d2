import Testing

/// Checks a gradient against central differences of `objective`, at up to 97 places of `variable` spread over it.
///
/// - Parameter step: large where the objective is linear in each variable, below the distance to the next kink
///   elsewhere; single precision wants it as large as it may be.
func expectGradient(
    _ gradient: Values, of variable: Values, step: Float = 0.5, tolerance: Double = 2e-4, _ what: String,
    sourceLocation: SourceLocation = #_sourceLocation, objective: () -> Double
) {
    let count = min(variable.count, 97)
    for number in 0..<count {
        let index = number * variable.count / count
        let value = variable[index]
        variable[index] = value + step
        let above = objective()
        variable[index] = value - step
        let below = objective()
        variable[index] = value
        let expected = (above - below) / (2 * Double(step))
        #expect(
            abs(Double(gradient[index]) - expected) <= tolerance * (1 + abs(expected)),
            "\(what)[\(index)] is \(gradient[index]), differences give \(expected)", sourceLocation: sourceLocation)
    }
}
