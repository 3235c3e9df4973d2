import Randomness

/// Draws one digit after the other.
struct DigitPen {
    private static let side = 28
    /// How high a digit of ordinary size is, in pixels, as in MNIST.
    private static let height: Float = 20
    /// Straight pieces between two control points.
    private static let pieces = 4

    /// How far each pixel lies within a stroke, in pixels; below 0 outside.
    private var depth = [Float](repeating: 0, count: side * side)

    /// Draws a random digit, appends its 28 × 28 bytes to `images` and answers which digit it is.
    mutating func draw(_ stream: inout RandomStream, onto images: inout [UInt8]) -> UInt8 {
        let label = stream.below(Glyph.digits.count)
        let ways = Glyph.digits[label]
        let glyph = ways[stream.below(ways.count)]
        let points = place(glyph, &stream)

        for pixel in depth.indices {
            depth[pixel] = -.infinity
        }
        let radius = between(0.8, 1.9, &stream)
        let pressure = between(-0.25, 0.25, &stream)
        for stroke in glyph.strokes {
            draw(stroke, points, radius: (radius - pressure, radius + pressure))
        }
        if stream.below(12) == 0 {
            // A stray mark, such as hands and scanners leave.
            let start = SIMD2(between(3, 24, &stream), between(3, 24, &stream))
            let end = start + SIMD2(between(-4, 4, &stream), between(-4, 4, &stream))
            drawPiece(from: start, to: end, radius: 0.6)
        }
        appendPixels(&stream, to: &images)
        return UInt8(label)
    }

    /// The glyph's points in pixels, as this writer puts them.
    private func place(_ glyph: Glyph, _ stream: inout RandomStream) -> [SIMD2<Float>] {
        let size = Self.height * between(0.82, 1.04, &stream)
        let width = size * between(0.7, 1.1, &stream)
        let slant = bell(0.55, &stream)
        // A turn by the angle whose half has this tangent, without sine and cosine.
        let half = bell(0.22, &stream)
        let cosine = (1 - half * half) / (1 + half * half)
        let sine = 2 * half / (1 + half * half)
        // Upper and lower half grow and lean differently.
        let taper = bell(0.4, &stream)
        let bend = bell(0.5, &stream)
        let squeeze = bell(0.35, &stream)
        let centre = SIMD2(13.5 + bell(2.75, &stream), 13.5 + bell(2.25, &stream))

        return glyph.points.map { point in
            let jitter = SIMD2(bell(0.11, &stream), bell(0.1, &stream))
            let p = point - SIMD2(repeating: 0.5) + jitter
            let y = p.y + squeeze * (p.y * p.y - 0.25)
            let x = p.x * (1 + taper * p.y) + bend * (p.y * p.y - 0.125) - slant * p.y
            let scaled = SIMD2(x * width, y * size)
            return centre + SIMD2(cosine * scaled.x - sine * scaled.y, sine * scaled.x + cosine * scaled.y)
        }
    }

    /// Draws the Catmull-Rom spline through the stroke's points.
    private mutating func draw(_ stroke: Glyph.Stroke, _ points: [SIMD2<Float>], radius: (Float, Float)) {
        let count = stroke.points.count
        let spans = stroke.isClosed ? count : count - 1
        func point(_ place: Int) -> SIMD2<Float> {
            points[stroke.points[stroke.isClosed ? (place + count) % count : min(max(place, 0), count - 1)]]
        }
        var from = point(0)
        for span in 0..<spans {
            let p0 = point(span - 1)
            let p1 = point(span)
            let p2 = point(span + 1)
            let p3 = point(span + 2)
            for piece in 1...Self.pieces {
                let t = Float(piece) / Float(Self.pieces)
                let linear = (p2 - p0) * t
                let square = (p0 * 2 - p1 * 5 + p2 * 4 - p3) * (t * t)
                let cubic = (p1 * 3 - p0 - p2 * 3 + p3) * (t * t * t)
                let to = p1 + (linear + square + cubic) * 0.5
                let way = (Float(span) + t) / Float(spans)
                let thickness = radius.0 + (radius.1 - radius.0) * way
                drawPiece(from: from, to: to, radius: thickness)
                from = to
            }
        }
    }

    /// Draws a straight piece with round ends.
    private mutating func drawPiece(from: SIMD2<Float>, to: SIMD2<Float>, radius: Float) {
        let reach = radius + 1
        let last = Float(Self.side - 1)
        let left = Int(max(0, min(from.x, to.x) - reach))
        let right = Int(max(-1, min(last, max(from.x, to.x) + reach)))
        let top = Int(max(0, min(from.y, to.y) - reach))
        let bottom = Int(max(-1, min(last, max(from.y, to.y) + reach)))
        guard left <= right, top <= bottom else { return }
        let way = to - from
        let squaredLength = way.x * way.x + way.y * way.y
        let scale = squaredLength > 0 ? 1 / squaredLength : 0
        let squaredReach = reach * reach
        var depth = depth.mutableSpan
        for row in top...bottom {
            let y = Float(row) - from.y
            for column in left...right {
                let x = Float(column) - from.x
                let along = min(1, max(0, (x * way.x + y * way.y) * scale))
                let gapX = x - way.x * along
                let gapY = y - way.y * along
                let squaredGap = gapX * gapX + gapY * gapY
                if squaredGap < squaredReach {
                    let pixel = row * Self.side + column
                    depth[pixel] = max(depth[pixel], radius - squaredGap.squareRoot())
                }
            }
        }
    }

    /// Ink from depth, with soft edges, uneven, and now and then a speck on the paper.
    private func appendPixels(_ stream: inout RandomStream, to images: inout [UInt8]) {
        let softness = 1 / between(0.9, 1.6, &stream)
        let ink = between(200, 255, &stream)
        var noise: UInt32 = 0
        for (pixel, depth) in depth.enumerated() {
            if pixel % 4 == 0 {
                noise = stream.nextWord()
            }
            let speck = noise & 0xff
            noise >>= 8
            var value = min(1, max(0, depth * softness + 0.5)) * ink
            if value > 0 {
                value -= Float(speck) * 0.2 * (value / 255)
            } else if speck == 255, noise & 1 == 0 {
                value = 60
            }
            images.append(UInt8(min(255, max(0, value))))
        }
    }

    private func between(_ low: Float, _ high: Float, _ stream: inout RandomStream) -> Float {
        low + (high - low) * stream.uniformFloat()
    }

    /// Between −width and width, most often near 0: the distribution is a triangle.
    private func bell(_ width: Float, _ stream: inout RandomStream) -> Float {
        width * (stream.uniformFloat() - stream.uniformFloat())
    }
}
