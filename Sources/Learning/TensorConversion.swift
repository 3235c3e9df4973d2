internal import CKernels

/// How a canonical tensor becomes one that the layers compute with, and back. The channel comes first in the canonical
/// order and last in the layers', where neighbours in a vector register are channels of one pixel.
enum TensorConversion {
    /// The same order on both sides.
    case copy(count: Int)
    /// `[outputs, inputs, area]` ↔ `[area, inputs, outputs]`, where area is kh · kw.
    case convolution(outputs: Int, inputs: Int, area: Int)
    /// `[outputs, channels, area]` ↔ `[outputs, area, channels]`, where area is the height · width that was flattened.
    case dense(outputs: Int, channels: Int, area: Int)

    var count: Int {
        switch self {
        case .copy(let count): count
        case .convolution(let outputs, let inputs, let area): outputs * inputs * area
        case .dense(let outputs, let channels, let area): outputs * channels * area
        }
    }

    func load(_ canonical: UnsafePointer<Float>, into tensor: UnsafeMutablePointer<Float>) {
        switch self {
        case .copy(let count):
            tensor.update(from: canonical, count: count)
        case .convolution(let outputs, let inputs, let area):
            for output in 0..<outputs {
                for input in 0..<inputs {
                    for place in 0..<area {
                        tensor[(place &* inputs &+ input) &* outputs &+ output] =
                            canonical[(output &* inputs &+ input) &* area &+ place]
                    }
                }
            }
        case .dense(let outputs, let channels, let area):
            for output in 0..<outputs {
                let start = output &* channels &* area
                Self.transpose(canonical + start, rows: channels, columns: area, into: tensor + start)
            }
        }
    }

    func store(_ tensor: UnsafePointer<Float>, into canonical: UnsafeMutablePointer<Float>) {
        switch self {
        case .copy(let count):
            canonical.update(from: tensor, count: count)
        case .convolution(let outputs, let inputs, let area):
            for output in 0..<outputs {
                for input in 0..<inputs {
                    for place in 0..<area {
                        canonical[(output &* inputs &+ input) &* area &+ place] =
                            tensor[(place &* inputs &+ input) &* outputs &+ output]
                    }
                }
            }
        case .dense(let outputs, let channels, let area):
            for output in 0..<outputs {
                let start = output &* channels &* area
                Self.transpose(tensor + start, rows: area, columns: channels, into: canonical + start)
            }
        }
    }

    /// `[rows, columns]` → `[columns, rows]`.
    private static func transpose(
        _ source: UnsafePointer<Float>, rows: Int, columns: Int, into target: UnsafeMutablePointer<Float>
    ) {
        if rows == 1 || columns == 1 {
            target.update(from: source, count: rows &* columns)
        } else {
            KernelVersion.fastest.table.pointee.transpose(rows, columns, source, target)
        }
    }
}
