internal import CKernels

/// How a canonical tensor becomes one that the layers compute with, and back. The channel comes first in the canonical
/// order and last in the layers', where neighbours in a vector register are channels of one pixel. The layers' tensor may
/// be padded with zeros.
enum TensorConversion {
    /// The same order on both sides.
    case copy(Extent)
    /// `[outputs, inputs, area]` ↔ `[area, inputs, outputs]`, where area is kh · kw.
    case convolution(outputs: Extent, inputs: Extent, area: Int)
    /// `[outputs, channels, area]` ↔ `[outputs, area, channels]`, where area is the height · width that was flattened.
    case dense(outputs: Extent, channels: Extent, area: Int)

    /// The number of values in the layers' tensor.
    var count: Int {
        switch self {
        case .copy(let count): count.room
        case .convolution(let outputs, let inputs, let area): outputs.room * inputs.room * area
        case .dense(let outputs, let channels, let area): outputs.room * channels.room * area
        }
    }

    /// The number of values in the canonical tensor.
    var canonicalCount: Int {
        switch self {
        case .copy(let count): count.used
        case .convolution(let outputs, let inputs, let area): outputs.used * inputs.used * area
        case .dense(let outputs, let channels, let area): outputs.used * channels.used * area
        }
    }

    func load(_ canonical: UnsafePointer<Float>, into tensor: UnsafeMutablePointer<Float>) {
        if count > canonicalCount {
            tensor.update(repeating: 0, count: count)
        }
        switch self {
        case .copy(let count):
            tensor.update(from: canonical, count: count.used)
        case .convolution(let outputs, let inputs, let area):
            for output in 0..<outputs.used {
                for input in 0..<inputs.used {
                    for place in 0..<area {
                        tensor[(place &* inputs.room &+ input) &* outputs.room &+ output] =
                            canonical[(output &* inputs.used &+ input) &* area &+ place]
                    }
                }
            }
        case .dense(let outputs, let channels, let area):
            for output in 0..<outputs.used {
                let source = canonical + output &* channels.used &* area
                let target = tensor + output &* channels.room &* area
                guard channels.room > channels.used else {
                    Self.transpose(source, rows: channels.used, columns: area, into: target)
                    continue
                }
                for channel in 0..<channels.used {
                    for place in 0..<area {
                        target[place &* channels.room &+ channel] = source[channel &* area &+ place]
                    }
                }
            }
        }
    }

    func store(_ tensor: UnsafePointer<Float>, into canonical: UnsafeMutablePointer<Float>) {
        switch self {
        case .copy(let count):
            canonical.update(from: tensor, count: count.used)
        case .convolution(let outputs, let inputs, let area):
            for output in 0..<outputs.used {
                for input in 0..<inputs.used {
                    for place in 0..<area {
                        canonical[(output &* inputs.used &+ input) &* area &+ place] =
                            tensor[(place &* inputs.room &+ input) &* outputs.room &+ output]
                    }
                }
            }
        case .dense(let outputs, let channels, let area):
            for output in 0..<outputs.used {
                let source = tensor + output &* channels.room &* area
                let target = canonical + output &* channels.used &* area
                guard channels.room > channels.used else {
                    Self.transpose(source, rows: area, columns: channels.used, into: target)
                    continue
                }
                for channel in 0..<channels.used {
                    for place in 0..<area {
                        target[channel &* area &+ place] = source[place &* channels.room &+ channel]
                    }
                }
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
