/// Where a layer's parameter gradients go: T ← `beta` · T + `alpha` · gradient, for weight and bias.
///
/// With `alpha` 1 and `beta` 0 or 1, T is the gradient, set or accumulated. With `alpha` −learning rate, T may be the
/// parameters themselves: the step of plain SGD without a gradient that is written and read again.
package struct GradientTarget {
    package let weight: UnsafeMutablePointer<Float>
    package let bias: UnsafeMutablePointer<Float>
    package let alpha: Float
    package let beta: Float

    package init(
        weight: UnsafeMutablePointer<Float>, bias: UnsafeMutablePointer<Float>, alpha: Float = 1, beta: Float = 0
    ) {
        self.weight = weight
        self.bias = bias
        self.alpha = alpha
        self.beta = beta
    }
}
