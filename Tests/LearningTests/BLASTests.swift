import Learning
import Testing

struct BLASTests {
    @Test(
        "Kernels of narrower vectors than the processor has are noticed",
        arguments: [
            ("Haswell", "AVX-512", true), ("Zen", "AVX-512", true), ("SkylakeX", "AVX-512", false),
            ("Cooperlake", "AVX-512", false), ("SkylakeX", "AVX2", false), ("Zen", "AVX2", false),
            ("Sandybridge", "AVX2", true), ("Prescott", "plain", false), ("neoversen1", "NEON", false),
        ])
    func slowness(core: String, fastest: String, isSlow: Bool) {
        let text = BLAS.slowness(core: core, fastest: fastest)
        #expect((text != nil) == isSlow)
        #expect(text?.contains("OPENBLAS_CORETYPE=") ?? true)
    }

    @Test("A product is the defining sum, transposed or not", arguments: [false, true], [false, true])
    func multiply(transposedA: Bool, transposedB: Bool) {
        let (rows, columns, depth) = (5, 3, 7)
        let a = Values(random: rows * depth, stream: 1)
        let b = Values(random: depth * columns, stream: 2)
        let c = Values(random: rows * columns, stream: 3)
        let before = c.array
        BLAS.multiply(
            rows: rows, columns: columns, depth: depth,
            .init(a.start, stride: transposedA ? rows : depth, transposed: transposedA),
            .init(b.start, stride: transposedB ? depth : columns, transposed: transposedB), into: c.start, alpha: 2,
            beta: 0.5)
        for row in 0..<rows {
            for column in 0..<columns {
                var sum = 0.5 * Double(before[row * columns + column])
                for index in 0..<depth {
                    let left = transposedA ? a[index * rows + row] : a[row * depth + index]
                    let right = transposedB ? b[column * depth + index] : b[index * columns + column]
                    sum += 2 * Double(left) * Double(right)
                }
                #expect(abs(Double(c[row * columns + column]) - sum) < 1e-5)
            }
        }
    }

    @Test("It says what it is")
    func names() {
        #expect(BLAS.configuration.contains("OpenBLAS"))
        #expect(!BLAS.coreName.isEmpty)
    }
}
