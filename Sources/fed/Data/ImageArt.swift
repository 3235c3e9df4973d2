import Learning
import Terminal

/// A grey image in characters, two pixels wide and four high each: Braille patterns, or letters of more and less ink.
struct ImageArt {
    private let pixels: [UInt8]
    private let width: Int
    private let height: Int

    /// The first channel of an example.
    init(_ examples: ExampleSet, example: Int) {
        width = examples.shape.width
        height = examples.shape.height
        let start = example * examples.shape.count
        pixels = Array(examples.images[start..<start + width * height])
    }

    /// All of one width: half the image's, rounded up.
    func lines(style: TerminalStyle) -> [String] {
        stride(from: 0, to: height, by: 4).map { top in
            stride(from: 0, to: width, by: 2).map { left in
                style.usesUnicode ? braille(left, top) : ink(left, top)
            }.joined()
        }
    }

    private func pixel(_ column: Int, _ row: Int) -> Int {
        column < width && row < height ? Int(pixels[row * width + column]) : 0
    }

    /// The Unicode standard's order of the dots: the left column's three, the right column's three, the lowest two.
    private static let dots = [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2), (0, 3), (1, 3)]

    private func braille(_ left: Int, _ top: Int) -> String {
        var pattern: UInt8 = 0
        for (bit, dot) in Self.dots.enumerated() where pixel(left + dot.0, top + dot.1) > 90 {
            pattern |= 1 << bit
        }
        // U+2800 has a pattern for each byte.
        return String(Unicode.Scalar(UInt16(0x2800) + UInt16(pattern)) ?? " ")
    }

    private func ink(_ left: Int, _ top: Int) -> String {
        let sum = Self.dots.reduce(0) { $0 + pixel(left + $1.0, top + $1.1) }
        let letters = Array(" .:-=+*#%@")
        return String(letters[min(letters.count - 1, sum * letters.count / (8 * 255))])
    }
}
