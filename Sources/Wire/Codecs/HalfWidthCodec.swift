import Parameters
import Randomness

/// A codec that makes two bytes of each value, whatever the values around it.
protocol HalfWidthCodec: ParameterCodec {
    static var name: String { get }
    static func narrow(_ value: Float) -> UInt16
    static func widen(_ half: UInt16) -> Float
}

extension HalfWidthCodec {
    static func byteCounts(for layout: ParameterLayout) -> ClosedRange<UInt64> {
        let count = UInt64(layout.count) * 2
        return count...count
    }

    static func encode(_ parameters: ParameterVector, rounding: inout RandomStream) -> EncodedParameters {
        let bytes = [UInt8](unsafeUninitializedCapacity: parameters.layout.count * 2) { buffer, count in
            parameters.withValues { values in
                UnsafeMutableRawBufferPointer(buffer).withMemoryRebound(to: UInt16.self) { halves in
                    for place in values.indices { halves[place] = narrow(values[place]) }
                }
            }
            count = parameters.layout.count * 2
        }
        return EncodedParameters(bytes: bytes)
    }

    static func decode(
        _ bytes: UnsafeRawBufferPointer, layout: ParameterLayout
    ) throws(WireError) -> ParameterVector {
        guard bytes.count == layout.count * 2 else { throw wrongLength(bytes.count, codec: name, layout: layout) }
        let values = [Float](unsafeUninitializedCapacity: layout.count) { values, count in
            bytes.withMemoryRebound(to: UInt16.self) { halves in
                for place in halves.indices { values.initializeElement(at: place, to: widen(halves[place])) }
            }
            count = layout.count
        }
        return ParameterVector(layout: layout, values: values)
    }
}
