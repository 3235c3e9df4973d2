/// What ``Parts`` consist of: named vectors, each with the tensors of one model, named tables, and named numbers.
public struct PartsLayout: Sendable, Hashable {
    /// Rows of equally many values, for example one for each client.
    public struct Table: Sendable, Hashable {
        public let name: String
        public let rows: Int
        public let columns: Int

        public init(name: String, rows: Int, columns: Int) {
            self.name = name
            self.rows = rows
            self.columns = columns
        }

        /// Of its values, row by row.
        public var layout: ParameterLayout { ParameterLayout([(name, [rows, columns])]) }
    }

    /// The tensors of each vector.
    public let model: ParameterLayout
    /// The names of the vectors in their canonical order.
    public let vectors: [String]
    /// The names of the numbers in their canonical order.
    public let scalars: [String]
    /// The tables in their canonical order.
    public let tables: [Table]
    /// All vectors as one, each beginning where the one before it ends, and the tables after them: what is encoded, added up
    /// and stored. A single vector is the model's layout itself; of several, the tensors are named `vector/tensor`.
    public let combined: ParameterLayout

    /// - Precondition: no name stands in a list twice.
    public init(_ model: ParameterLayout, vectors: [String], scalars: [String] = [], tables: [Table] = []) {
        precondition(Set(vectors).count == vectors.count && Set(scalars).count == scalars.count)
        precondition(Set(tables.map(\.name)).count == tables.count)
        self.model = model
        self.vectors = vectors
        self.scalars = scalars
        self.tables = tables
        combined =
            vectors.count == 1 && tables.isEmpty
            ? model
            : ParameterLayout(
                vectors.flatMap { vector in model.tensors.map { ("\(vector)/\($0.name)", $0.shape) } }
                    + tables.map { ($0.name, [$0.rows, $0.columns]) })
    }

    /// Whether there is one vector, and nothing else but numbers.
    var isSingleVector: Bool { vectors.count == 1 && tables.isEmpty }

    /// Where a table's values lie in ``combined``, and the table.
    ///
    /// - Precondition: there is one of this name.
    func place(ofTable name: String) -> (range: Range<Int>, table: Table) {
        var start = vectors.count * model.count
        for table in tables {
            let end = start + table.rows * table.columns
            if table.name == name { return (start..<end, table) }
            start = end
        }
        preconditionFailure("there is no table \"\(name)\" among \(tables.map(\.name))")
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
