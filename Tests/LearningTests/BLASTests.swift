import Learning
import Testing

struct BLASTests {
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
