/// The names, shapes and order of the tensors in a ``ParameterVector``.
///
/// The order is canonical: layer by layer, weight before bias; a convolution's weight is `[out, in, kh, kw]`, a dense
/// layer's `[out, in]`, as in PyTorch, so that export is a copy.
public struct ParameterLayout: Sendable, Hashable {
    /// One tensor of the layout.
    public struct Tensor: Sendable, Hashable {
        /// For example `conv1.weight`.
        public let name: String
        /// For example `[32, 1, 3, 3]`.
        public let shape: [Int]
        /// Where the tensor's values lie in the vector.
        public let range: Range<Int>

        /// The layer that it belongs to: its name up to the last point, or all of it where there is none.
        public var layer: String { name.lastIndex(of: ".").map { String(name[..<$0]) } ?? name }
    }

    public let tensors: [Tensor]
    /// The number of values in all tensors together.
    public let count: Int

    /// The layout of `tensors` in their order, without gaps.
    public init(_ tensors: [(name: String, shape: [Int])]) {
        var next = 0
        self.tensors = tensors.map { tensor in
            let start = next
            next += tensor.shape.reduce(1, *)
            return Tensor(name: tensor.name, shape: tensor.shape, range: start..<next)
        }
        count = next
    }

    /// The layers that have tensors, in their order: what stands before the last point of a tensor's name, `conv1` of
    /// `conv1.weight`.
    public var layers: [String] {
        tensors.reduce(into: []) { layers, tensor in
            if layers.last != tensor.layer { layers.append(tensor.layer) }
        }
    }

    /// The layout of some of the tensors, in their order and without gaps.
    public func filter(_ isIncluded: (Tensor) -> Bool) -> ParameterLayout {
        ParameterLayout(tensors.filter(isIncluded).map { ($0.name, $0.shape) })
    }

    /// The number of bytes in the canonical form: four for each value.
    public var byteCount: Int { count * MemoryLayout<Float>.size }
}
