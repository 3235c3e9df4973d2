/// How one digit is written: smooth strokes through control points, in a box one wide and one high with y downward.
struct Glyph: Sendable {
    /// The control points; strokes that meet in a point share it, so that they still meet when it is moved.
    let points: [SIMD2<Float>]
    /// Each stroke as the places of its points.
    let strokes: [Stroke]

    struct Stroke: Sendable {
        let points: [Int]
        /// Whether the last point is joined to the first.
        let isClosed: Bool
    }

    /// A line that is drawn: the coordinates of the points it goes through.
    struct Line {
        let coordinates: [(Float, Float)]
        let isClosed: Bool

        static func open(_ coordinates: (Float, Float)...) -> Line { Line(coordinates: coordinates, isClosed: false) }
        static func closed(_ coordinates: (Float, Float)...) -> Line { Line(coordinates: coordinates, isClosed: true) }
    }

    init(_ lines: Line...) {
        var points: [SIMD2<Float>] = []
        var strokes: [Stroke] = []
        for line in lines {
            let places = line.coordinates.map { x, y in
                let point = SIMD2(x, y)
                if let known = points.firstIndex(of: point) { return known }
                points.append(point)
                return points.count - 1
            }
            strokes.append(Stroke(points: places, isClosed: line.isClosed))
        }
        self.points = points
        self.strokes = strokes
    }

    /// The ways in which people write each of the ten digits.
    static let digits: [[Glyph]] = [
        [
            Glyph(
                .closed(
                    (0.5, 0), (0.24, 0.14), (0.14, 0.5), (0.24, 0.86), (0.5, 1), (0.76, 0.86), (0.86, 0.5), (0.76, 0.14)
                )),
            Glyph(
                .open(
                    (0.62, 0.04), (0.34, 0.08), (0.17, 0.42), (0.24, 0.86), (0.52, 1), (0.78, 0.78), (0.82, 0.36),
                    (0.62, 0.06), (0.42, 0.02))),
        ],
        [
            Glyph(.open((0.5, 0), (0.5, 0.5), (0.5, 1))),
            Glyph(.open((0.3, 0.22), (0.54, 0)), .open((0.54, 0), (0.52, 0.5), (0.5, 1))),
            Glyph(.open((0.3, 0.22), (0.52, 0)), .open((0.52, 0), (0.5, 1)), .open((0.28, 1), (0.5, 1), (0.72, 1))),
        ],
        [
            Glyph(
                .open((0.2, 0.24), (0.32, 0.05), (0.56, 0), (0.77, 0.14), (0.74, 0.4), (0.5, 0.68), (0.18, 0.97)),
                .open((0.18, 0.97), (0.5, 0.96), (0.86, 0.97))),
            Glyph(
                .open(
                    (0.2, 0.22), (0.4, 0.02), (0.68, 0.06), (0.76, 0.32), (0.56, 0.66), (0.28, 0.94), (0.13, 0.9),
                    (0.26, 0.76), (0.5, 0.86), (0.7, 0.98), (0.88, 0.9))),
        ],
        [
            Glyph(
                .open((0.2, 0.12), (0.46, 0), (0.75, 0.1), (0.74, 0.34), (0.44, 0.47)),
                .open((0.44, 0.47), (0.76, 0.56), (0.83, 0.8), (0.55, 1), (0.18, 0.9))),
            Glyph(
                .open((0.2, 0.03), (0.78, 0.03)), .open((0.78, 0.03), (0.45, 0.42)),
                .open((0.45, 0.42), (0.78, 0.54), (0.8, 0.84), (0.5, 1), (0.18, 0.9))),
        ],
        [
            Glyph(
                .open((0.26, 0.02), (0.2, 0.3), (0.18, 0.56)), .open((0.18, 0.56), (0.5, 0.56), (0.88, 0.52)),
                .open((0.74, 0.04), (0.7, 0.5), (0.64, 1))),
            Glyph(
                .open((0.66, 0), (0.4, 0.36), (0.12, 0.66)), .open((0.12, 0.66), (0.5, 0.66), (0.92, 0.66)),
                .open((0.66, 0), (0.66, 0.5), (0.66, 1))),
        ],
        [
            Glyph(
                .open((0.82, 0.02), (0.3, 0.03)), .open((0.3, 0.03), (0.24, 0.42)),
                .open((0.24, 0.42), (0.5, 0.35), (0.77, 0.48), (0.8, 0.76), (0.54, 0.99), (0.16, 0.92))),
            Glyph(
                .open(
                    (0.8, 0), (0.5, 0.03), (0.34, 0.1), (0.26, 0.34), (0.42, 0.44), (0.68, 0.54), (0.74, 0.78),
                    (0.54, 0.98), (0.2, 0.94))),
        ],
        [
            Glyph(
                .open(
                    (0.7, 0.01), (0.42, 0.18), (0.22, 0.52), (0.22, 0.84), (0.48, 1), (0.77, 0.86), (0.76, 0.6),
                    (0.5, 0.5), (0.24, 0.66))),
            Glyph(
                .open(
                    (0.46, 0), (0.28, 0.34), (0.2, 0.7), (0.34, 0.96), (0.66, 0.97), (0.78, 0.74), (0.62, 0.58),
                    (0.38, 0.62), (0.24, 0.8))),
        ],
        [
            Glyph(.open((0.16, 0.05), (0.5, 0.04), (0.84, 0.05)), .open((0.84, 0.05), (0.56, 0.48), (0.42, 1))),
            Glyph(
                .open((0.16, 0.05), (0.84, 0.05)), .open((0.84, 0.05), (0.56, 0.48), (0.42, 1)),
                .open((0.36, 0.5), (0.76, 0.48))),
            Glyph(
                .open((0.16, 0.2), (0.18, 0.06)), .open((0.18, 0.06), (0.5, 0.08), (0.84, 0.04)),
                .open((0.84, 0.04), (0.6, 0.42), (0.5, 1))),
        ],
        [
            Glyph(
                .closed(
                    (0.5, 0.47), (0.26, 0.3), (0.28, 0.08), (0.5, 0), (0.73, 0.08), (0.75, 0.3), (0.5, 0.47),
                    (0.22, 0.7), (0.26, 0.93), (0.5, 1), (0.76, 0.93), (0.78, 0.7))),
            Glyph(
                .open(
                    (0.76, 0.14), (0.5, 0), (0.26, 0.14), (0.36, 0.38), (0.64, 0.56), (0.78, 0.8), (0.56, 1),
                    (0.28, 0.9), (0.34, 0.62), (0.62, 0.38), (0.78, 0.08))),
        ],
        [
            Glyph(
                .closed((0.75, 0.24), (0.52, 0.01), (0.27, 0.1), (0.22, 0.36), (0.45, 0.5), (0.7, 0.4)),
                .open((0.75, 0.24), (0.76, 0.56), (0.66, 1))),
            Glyph(
                .open((0.74, 0.14), (0.46, 0), (0.22, 0.22), (0.34, 0.48), (0.64, 0.4), (0.74, 0.14)),
                .open((0.74, 0.14), (0.8, 0.56), (0.62, 0.94), (0.28, 0.96))),
        ],
    ]
}
