public import Parameters

/// What a method adds to the gradient of each local step: g ← g + α · (w − anchor) + offset.
///
/// FedProx (Li et al. 2020) has α = μ and the round's model as anchor, SCAFFOLD (Karimireddy et al. 2020) an offset of
/// c − cᵢ, FedDyn (Acar et al. 2021) both. Anchor and offset stand still during a training.
public struct GradientCorrection: Sendable, Equatable {
    /// How strongly the parameters are drawn to the anchor.
    public var alpha: Float
    /// Where they are drawn to; `nil` stands for zeros.
    public var anchor: ParameterVector?
    /// What is added to each gradient; `nil` stands for zeros.
    public var offset: ParameterVector?

    /// A correction of these parts; both vectors have the layout of the model that is trained.
    public init(alpha: Float = 0, anchor: ParameterVector? = nil, offset: ParameterVector? = nil) {
        self.alpha = alpha
        self.anchor = anchor
        self.offset = offset
    }

    /// No correction: the gradient as it is.
    public static let none = GradientCorrection()

    /// Whether it has a part that does not depend on the parameters: offset − α · anchor.
    var hasConstant: Bool { offset != nil || (anchor != nil && alpha != 0) }

    /// Whether both vectors have this layout.
    func fits(_ layout: ParameterLayout) -> Bool {
        (anchor.map { $0.layout == layout } ?? true) && (offset.map { $0.layout == layout } ?? true)
    }

    /// Writes `scale` · (offset − α · anchor) in the canonical order, as many values as the layout has.
    func writeConstant(scaledBy scale: Float, to target: UnsafeMutablePointer<Float>, count: Int) {
        if let offset {
            offset.withValues { values in
                for index in 0..<count {
                    target[index] = scale * values[index]
                }
            }
        } else {
            target.update(repeating: 0, count: count)
        }
        guard let anchor, alpha != 0 else { return }
        anchor.withValues { values in
            for index in 0..<count {
                target[index] -= scale * (alpha * values[index])
            }
        }
    }
}
