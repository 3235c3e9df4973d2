internal import CKernels

/// Some columns of many vectors, a row for each, and the arithmetic on them: for rules that combine the updates of many
/// clients. Every version of the kernels gives the same bits.
public struct RowBlock: ~Copyable {
    /// The most columns that a block holds.
    public static let columns = 4096

    public let rows: Int
    private let values: AlignedBuffer<Float>
    private let products: AlignedBuffer<Double>
    private let tile: AlignedBuffer<Float>
    private let version: KernelVersion

    /// - Parameter rows: at least 1.
    public init(rows: Int, version: KernelVersion = .fastest) {
        self.rows = rows
        self.version = version
        values = AlignedBuffer(count: rows * Self.columns, repeating: 0)
        products = AlignedBuffer(count: rows * 256, repeating: 0)
        tile = AlignedBuffer(count: rows * 16, repeating: 0)
    }

    /// Hands out the values of a row for change.
    public mutating func withRow<Result, Failure: Error>(
        _ row: Int, _ body: (UnsafeMutableBufferPointer<Float>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        precondition(row >= 0 && row < rows)
        return try body(UnsafeMutableBufferPointer(start: values.start + row * Self.columns, count: Self.columns))
    }

    /// Hands out the values of all rows; they begin ``columns`` apart.
    public func withRows<Result>(_ body: (UnsafeBufferPointer<Float>) -> Result) -> Result {
        body(UnsafeBufferPointer(start: values.start, count: values.count))
    }

    /// Adds the inner products of the rows, over the first `columns` of them.
    ///
    /// - Parameter sums: `[rows, rows]`; only where the column is not above the row.
    public mutating func addInnerProducts(columns: Int, to sums: inout [Double]) {
        precondition(columns <= Self.columns && sums.count == rows * rows)
        sums.withUnsafeMutableBufferPointer { sums in
            // An array of at least one element has an address.
            version.table.pointee.inner_products(
                rows, columns, values.start, Self.columns, sums.baseAddress!, products.start)
        }
    }

    /// Sorts each of the first `columns` columns, ascending.
    ///
    /// - Precondition: no value is a NaN.
    public mutating func sortColumns(_ columns: Int) {
        precondition(columns <= Self.columns)
        version.table.pointee.sort_columns(rows, columns, values.start, Self.columns, tile.start)
    }
}
