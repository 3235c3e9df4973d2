/// What ``Parts`` consist of: named vectors, each with the tensors of one model, and named numbers.
public struct PartsLayout: Sendable, Hashable {
    /// The tensors of each vector.
    public let model: ParameterLayout
    /// The names of the vectors in their canonical order.
    public let vectors: [String]
    /// The names of the numbers in their canonical order.
    public let scalars: [String]
    /// All vectors as one, each beginning where the one before it ends: what is encoded, added up and stored. A single
    /// vector is the model's layout itself; of several, the tensors are named `vector/tensor`.
    public let combined: ParameterLayout

    /// - Precondition: no name stands in a list twice.
    public init(_ model: ParameterLayout, vectors: [String], scalars: [String] = []) {
        precondition(Set(vectors).count == vectors.count && Set(scalars).count == scalars.count)
        self.model = model
        self.vectors = vectors
        self.scalars = scalars
        combined =
            vectors.count == 1
            ? model
            : ParameterLayout(
                vectors.flatMap { vector in model.tensors.map { ("\(vector)/\($0.name)", $0.shape) } })
    }

    /// Where a vector's values lie in ``combined``.
    ///
    /// - Precondition: there is one of this name.
    public func range(of vector: String) -> Range<Int> {
        guard let index = vectors.firstIndex(of: vector) else {
            preconditionFailure("there is no vector \"\(vector)\" among \(vectors)")
        }
        return index * model.count..<(index + 1) * model.count
    }

    /// The place of a number among ``scalars``.
    ///
    /// - Precondition: there is one of this name.
    func place(of scalar: String) -> Int {
        guard let index = scalars.firstIndex(of: scalar) else {
            preconditionFailure("there is no number \"\(scalar)\" among \(scalars)")
        }
        return index
    }
}
