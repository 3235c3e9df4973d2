import Federation
import NIOCore
import Parameters
import Randomness
import Testing
import Wire

/// What codecs lose, and what they do not.
@Suite struct CodecTests {
    private static let layout = ParameterLayout([("weight", [30, 7]), ("bias", [7]), ("scale", [1])])

    /// Values of all magnitudes that the codecs differ in.
    private static func values(_ count: Int, seed: UInt64, within exponents: ClosedRange<Int>) -> [Float] {
        var generator = Generator(seed: seed)
        return (0..<count).map { _ in
            let exponent = Int.random(in: exponents, using: &generator)
            return Float(sign: Bool.random(using: &generator) ? .plus : .minus, exponent: exponent, significand: 1)
                * Float.random(in: 1..<2, using: &generator)
        }
    }

    private static func received(
        _ values: [Float], _ codec: Codec, layout: ParameterLayout? = nil, round: UInt32 = 1, client: UInt32 = 0,
        seed: UInt64 = 7
    ) throws -> [Float] {
        let layout = layout ?? ParameterLayout([("values", [values.count])])
        let key = UpdateKey(round: round, client: ClientID(client), attempt: 1)
        let encoded = codec.encode(update: ParameterVector(layout: layout, values: values), key: key, seed: seed)
        return try encoded.decoded(by: codec, layout: layout).values
    }

    // MARK: Two bytes

    @Test("f16 decodes every number as the compiler's Float16 does")
    func everyHalf() throws {
        let layout = ParameterLayout([("values", [1 << 16])])
        let bytes = (0..<1 << 16).flatMap { bits -> [UInt8] in [UInt8(bits & 0xff), UInt8(bits >> 8)] }
        let decoded = try bytes.withUnsafeBytes { try Codec.f16.implementation.decode($0, layout: layout) }.values
        for (bits, value) in decoded.enumerated() {
            let expected = Float(Float16(bitPattern: UInt16(bits)))
            #expect(value == expected || value.isNaN && expected.isNaN, "\(bits): \(value) is not \(expected)")
            guard value.isFinite else { continue }
            #expect(value.sign == expected.sign)
        }
        // And what can be said in half the width comes back.
        let finite = decoded.filter(\.isFinite)
        let again = try Self.received(finite, .f16)
        #expect(again.map(\.bitPattern) == finite.map(\.bitPattern))
    }

    @Test("f16 rounds as the compiler's Float16 does, and ends at its greatest number")
    func half() throws {
        var values = Self.values(20_000, seed: 1, within: -30...15)
        values += [0, -0.0, 0x1p-14, 0x1.ffcp-15, 0x1p-24, 0x1p-25, 0x1.8p-25, 1 + 0x1p-11, 1 + 0x1.8p-10, 65_504]
        for (value, decoded) in zip(values, try Self.received(values, .f16)) {
            let expected = Float(Float16(value))
            if expected.isFinite { #expect(decoded.bitPattern == expected.bitPattern, "\(value)") }
        }
        let beyond: [Float] = [65_505, 65_520, -1e9, .greatestFiniteMagnitude]
        #expect(try Self.received(beyond, .f16) == [65_504, 65_504, -65_504, 65_504])
    }

    @Test("bf16 is within half of the last of its eight bits, and ends at its greatest number")
    func brainFloat() throws {
        let values = Self.values(20_000, seed: 2, within: -120...120)
        for (value, decoded) in zip(values, try Self.received(values, .bf16)) {
            #expect(abs(decoded - value) <= Float(sign: .plus, exponent: value.exponent - 8, significand: 1))
            #expect(decoded.bitPattern & 0xffff == 0)
        }
        // To even where it is in the middle.
        #expect(
            try Self.received([1 + 0x1p-8, 1 + 0x1.8p-7, -0.0], .bf16).map(\.bitPattern) == [
                Float(1).bitPattern, Float(1 + 0x1p-6).bitPattern, Float(-0.0).bitPattern,
            ])
        let greatest = Float(bitPattern: 0x7f7f_0000)
        #expect(
            try Self.received([.greatestFiniteMagnitude, -.greatestFiniteMagnitude], .bf16) == [greatest, -greatest])
    }

    // MARK: One byte

    @Test("int8 is within a step of the scale, on both sides of the value, and right in the mean")
    func oneByte() throws {
        let values = Self.values(Self.layout.count, seed: 3, within: -4...0)
        var sums = [Double](repeating: 0, count: values.count)
        let rounds = 4000
        var differs = false
        for round in 1...rounds {
            let decoded = try Self.received(values, .int8, layout: Self.layout, round: UInt32(round))
            for tensor in Self.layout.tensors {
                let scale = try #require(values[tensor.range].map(abs).max()) / 127
                for place in tensor.range {
                    #expect(abs(decoded[place] - values[place]) < scale * 1.0001)
                    sums[place] += Double(decoded[place])
                }
            }
            differs = differs || decoded != values
        }
        #expect(differs)
        for tensor in Self.layout.tensors {
            let scale = try #require(values[tensor.range].map(abs).max()) / 127
            for place in tensor.range {
                // Five standard deviations of a mean of so many that are 0 or 1 times the scale.
                let bound = 5 * 0.5 * Double(scale) / Double(rounds).squareRoot()
                #expect(abs(sums[place] / Double(rounds) - Double(values[place])) < bound)
            }
        }
    }

    @Test("int8 rounds by the seed, the round and the client, and by nothing else")
    func roundingStream() throws {
        let values = Self.values(Self.layout.count, seed: 4, within: -4...0)
        func one(round: UInt32 = 3, client: UInt32 = 5, seed: UInt64 = 7) throws -> [Float] {
            try Self.received(values, .int8, layout: Self.layout, round: round, client: client, seed: seed)
        }
        let reference = try one()
        #expect(try one() == reference)
        #expect(try one(round: 4) != reference)
        #expect(try one(client: 6) != reference)
        #expect(try one(seed: 8) != reference)
        let vector = ParameterVector(layout: Self.layout, values: values)
        let again = UpdateKey(round: 3, client: ClientID(5), attempt: 9)
        let encoded = Codec.int8.encode(update: vector, key: again, seed: 7)
        #expect(try encoded.decoded(by: .int8, layout: Self.layout).values == reference)
        let broadcast = Codec.int8.encode(broadcast: vector, round: 3, seed: 7)
        #expect(try broadcast.decoded(by: .int8, layout: Self.layout).values != reference)
    }

    /// The protocol's words, one value after the other.
    @Test("int8 is what the protocol says")
    func asInTheProtocol() throws {
        let values = Self.values(Self.layout.count, seed: 5, within: -6...2)
        var expected: [Float] = []
        var block: UInt32 = 0
        for tensor in Self.layout.tensors {
            let scale = try #require(values[tensor.range].map(abs).max()) / 127
            for (place, value) in values[tensor.range].enumerated() {
                let words = Philox.block(counter: SIMD4(block, 2, 4, 22), key: SIMD2(11, 1))
                let u = Float(words[place % 4] >> 8) * 0x1p-24
                let shifted = value * (1 / scale) + (u - 0.5)
                expected.append(scale * min(max(shifted.rounded(.toNearestOrEven), -127), 127))
                if place % 4 == 3 || place == tensor.range.count - 1 { block += 1 }
            }
        }
        let decoded = try Self.received(
            values, .int8, layout: Self.layout, round: 2, client: 4, seed: 1 << 32 | 11)
        #expect(zip(decoded, expected).allSatisfy { abs($0 - $1) <= abs($1) * 0x1p-22 })
    }

    @Test("Zeros, and values that are too small for a scale, are zeros as int8; the greatest stays the greatest")
    func extremes() throws {
        #expect(try Self.received([0, -0.0, 0], .int8).allSatisfy { $0 == 0 })
        #expect(try Self.received([.leastNonzeroMagnitude, -.leastNormalMagnitude], .int8).allSatisfy { $0 == 0 })
        let large = try Self.received([.greatestFiniteMagnitude, -.greatestFiniteMagnitude, 1], .int8)
        #expect(large[0] > 3.4e38 && large[1] < -3.4e38 && large[2] == 0)
        #expect(large.allSatisfy { $0.isFinite })
    }

    // MARK: On the way

    @Test("What arrives has the digest that was announced, in chunks of any size", arguments: Codec.allCases)
    func arrives(codec: Codec) throws {
        let values = Self.values(Self.layout.count, seed: 6, within: -8...0)
        let parts = Parts(
            layout: PartsLayout(Self.layout, vectors: ["parameters"], scalars: ["steps"]),
            values: ParameterVector(layout: Self.layout, values: values), scalars: [3])
        for chunkSize in [1, 7, 4096] {
            let update = OutgoingUpdate(
                key: Samples.key, examples: 5, loss: 0, accuracy: 0, steps: 3, trainMicroseconds: 1, parts: parts,
                codec: codec, seed: 9, chunkSize: chunkSize)
            let allowed = codec.implementation.byteCounts(for: Self.layout)
            #expect(allowed.contains(update.header.byteCount))
            var transfer = try IncomingTransfer(
                byteCount: update.header.byteCount, codec: codec, digest: update.header.digest, layout: Self.layout,
                scalars: update.header.scalars)
            var stream = ByteBuffer()
            for frame in update { stream.writeImmutableBuffer(frame) }
            for case .updateChunk(let chunk) in try decodeAll(stream) {
                _ = try transfer.append(offset: chunk.offset, bytes: chunk.bytes)
            }
            let decoded = try update.decoded()
            #expect(try transfer.finish() == decoded.values)
            #expect(decoded.digest == update.header.digest)
        }
        let model = EncodedModel(
            Parts(layout: PartsLayout(Self.layout, vectors: ["model"]), values: parts.values), round: 2, codec: codec,
            seed: 9, chunkSize: 100)
        #expect(model.again(chunkSize: 33).header == model.header)
        #expect(model.again(chunkSize: 33).frames.count > model.frames.count)
    }

    @Test("Bytes that are too many or too few are refused, and any others are decoded", arguments: Codec.allCases)
    func length(codec: Codec) throws {
        let allowed = codec.implementation.byteCounts(for: Self.layout)
        var generator = Generator(seed: 8)
        for count in [allowed.lowerBound - 1, allowed.upperBound + 1, 0] {
            let bytes = [UInt8](repeating: 0, count: Int(count))
            let error = #expect(throws: WireError.self) {
                _ = try bytes.withUnsafeBytes { try codec.implementation.decode($0, layout: Self.layout) }
            }
            #expect(error?.code == .transferLength)
            #expect(
                (try? IncomingTransfer(byteCount: count, codec: codec, digest: Samples.digest, layout: Self.layout))
                    == nil)
        }
        for _ in 0..<50 {
            let bytes = (0..<Int(allowed.lowerBound)).map { _ in UInt8.random(in: 0...255, using: &generator) }
            let decoded = try bytes.withUnsafeBytes { try codec.implementation.decode($0, layout: Self.layout) }
            #expect(decoded.layout == Self.layout)
        }
    }
}
