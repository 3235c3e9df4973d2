import Learning
import Parameters

/// The numbers that `Golden/make_golden.py` computes too.
enum HashedNumbers {
    /// "lowbias32" of Wellons' hash-prospector.
    static func hashed(_ stream: UInt32, _ index: Int) -> UInt32 {
        var x = UInt32(truncatingIfNeeded: index) &+ (stream &+ 1) &* 0x9E37_79B9
        x ^= x >> 16
        x = x &* 0x7FEB_352D
        x ^= x >> 15
        x = x &* 0x846C_A68B
        x ^= x >> 16
        return x
    }

    static func examples(_ count: Int) -> ExampleSet {
        ExampleSet(
            shape: .mnist, classes: 10,
            images: (0..<count * 784).map { index in
                let x = hashed(1002, index)
                return x & 3 == 0 ? UInt8(x >> 24) : 0
            },
            labels: (0..<count).map { UInt8((hashed(1003, $0) >> 8) % 10) })
    }

    static func parameters(of model: ModelDefinition) -> ParameterVector {
        var values: [Float] = []
        for (stream, tensor) in model.layout.tensors.enumerated() {
            var scale: Float = 1 / 16
            if tensor.shape.count > 1 {
                let fanIn = tensor.shape.dropFirst().reduce(1, *)
                scale = 2
                var power = 4
                while power <= fanIn {
                    power *= 4
                    scale /= 2
                }
            }
            for index in 0..<tensor.range.count {
                values.append((Float(hashed(UInt32(stream), index) >> 8) * 0x1p-23 - 1) * scale)
            }
        }
        return ParameterVector(layout: model.layout, values: values)
    }
}
