/// A convolution of stride 1 as a matrix product over columns (im2col): `[N, H, W, C]` → `[N, H', W', F]`.
///
/// Weights are `[kh, kw, C, F]` here. Images are taken a few at a time (``imagesPerBlock``), so that the columns, the
/// inputs of each output pixel side by side, stay in the cache and their memory does not grow with the batch.
package struct Convolution: BitwiseCopyable {
    package let input: ImageShape
    /// The outputs that are computed: all, or those up to an even row and column where a max-pooling drops the rest.
    package let output: ImageShape
    /// The side of the kernel.
    package let kernel: Int
    /// Zeros around the input, on each side.
    package let padding: Int
    /// Images in one product.
    package let imagesPerBlock: Int
    /// How the columns lie: `[pixel, tap]`, of which a row is made of `kernel` runs of kernel · C values; or
    /// `[tap, pixel]`, made of runs of W' values, for a first layer of one channel, whose own runs would be too short.
    private let tapMajor: Bool

    /// Values of one column: kernel · kernel · C.
    package var taps: Int { kernel &* kernel &* input.channels }
    /// Output pixels of one image.
    package var pixels: Int { output.height &* output.width }

    private var paddedHeight: Int { input.height &+ 2 &* padding }
    private var paddedWidth: Int { input.width &+ 2 &* padding }
    private var paddedCount: Int { paddedHeight &* paddedWidth &* input.channels }

    /// - Parameters:
    ///   - evenOutput: leave out an odd last row and column of the output.
    ///   - isFirst: nobody will ask for the input's gradient.
    package init(
        input: ImageShape, filters: Int, kernel: Int, padding: LayerDefinition.Padding, evenOutput: Bool, isFirst: Bool
    ) {
        precondition(padding == .valid || kernel % 2 == 1)
        self.input = input
        self.kernel = kernel
        self.padding = padding == .same ? kernel / 2 : 0
        let full = LayerDefinition.convolution(filters: filters, kernel: kernel, padding: padding).output(for: input)
        output =
            evenOutput
            ? ImageShape(channels: filters, height: full.height / 2 * 2, width: full.width / 2 * 2) : full
        tapMajor = isFirst && input.channels == 1
        // Half of the usual second-level cache for columns and outputs; measured, and flat around its best.
        let valuesPerImage = output.height * output.width * (kernel * kernel * input.channels + filters)
        imagesPerBlock = max(1, 65_536 / valuesPerImage)
    }

    /// Values of scratch memory that a block needs: columns, outputs, padded input.
    package var scratchCount: Int {
        imagesPerBlock * (pixels * (taps + output.channels) + paddedCount)
    }

    /// The parts of the scratch memory.
    package struct Scratch {
        /// `[images · pixels, taps]` or `[taps, images · pixels]`.
        let columns: UnsafeMutablePointer<Float>
        /// `[images, H', W', F]`.
        package let outputs: UnsafeMutablePointer<Float>
        /// `[images, H + 2p, W + 2p, C]`.
        let padded: UnsafeMutablePointer<Float>
    }

    package func scratch(at start: UnsafeMutablePointer<Float>) -> Scratch {
        let outputs = start + imagesPerBlock &* pixels &* taps
        return Scratch(
            columns: start, outputs: outputs, padded: outputs + imagesPerBlock &* pixels &* output.channels)
    }

    // MARK: Passes over one block

    /// y without its bias, for `images` ≤ ``imagesPerBlock``; `output` may be the scratch's `outputs`.
    package func forward(
        images: Int, input: UnsafePointer<Float>, weight: UnsafePointer<Float>, output: UnsafeMutablePointer<Float>,
        scratch: Scratch
    ) {
        gatherColumns(images: images, input: input, scratch: scratch)
        let rows = images &* pixels
        BLAS.multiply(
            rows: rows, columns: self.output.channels, depth: taps,
            .init(scratch.columns, stride: tapMajor ? rows : taps, transposed: tapMajor),
            .init(weight, stride: self.output.channels), into: output)
    }

    /// dW ← `beta` · dW + the block's part of it, and dx of the block.
    ///
    /// - Parameters:
    ///   - outputGradient: dy `[images, H', W', F]`.
    ///   - inputGradient: dx `[images, H, W, C]`, or `nil` where nobody needs it.
    package func backward(
        images: Int, input: UnsafePointer<Float>, weight: UnsafePointer<Float>, outputGradient: UnsafePointer<Float>,
        weightGradient: UnsafeMutablePointer<Float>, beta: Float, inputGradient: UnsafeMutablePointer<Float>?,
        scratch: Scratch
    ) {
        gatherColumns(images: images, input: input, scratch: scratch)
        let rows = images &* pixels
        let filters = output.channels
        BLAS.multiply(
            rows: taps, columns: filters, depth: rows,
            .init(scratch.columns, stride: tapMajor ? rows : taps, transposed: !tapMajor),
            .init(outputGradient, stride: filters), into: weightGradient, beta: beta)
        if let inputGradient {
            BLAS.multiply(
                rows: rows, columns: taps, depth: filters, .init(outputGradient, stride: filters),
                .init(weight, stride: filters, transposed: true), into: scratch.columns)
            scatterColumns(images: images, inputGradient: inputGradient, scratch: scratch)
        }
    }

    // MARK: Columns

    /// im2col.
    private func gatherColumns(images: Int, input: UnsafePointer<Float>, scratch: Scratch) {
        var source = input
        if padding > 0 {
            pad(images: images, input: input, into: scratch.padded)
            source = UnsafePointer(scratch.padded)
        }
        if tapMajor {
            gatherByTap(images: images, source: source, columns: scratch.columns)
        } else {
            gatherByPixel(images: images, source: source, columns: scratch.columns)
        }
    }

    private func gatherByPixel(
        images: Int, source: UnsafePointer<Float>, columns: UnsafeMutablePointer<Float>
    ) {
        let channels = input.channels
        let row = paddedWidth &* channels
        let run = kernel &* channels
        var column = columns
        for image in 0..<images {
            for y in 0..<output.height {
                var window = source + (image &* paddedCount &+ y &* row)
                for _ in 0..<output.width {
                    for ky in 0..<kernel {
                        column.update(from: window + ky &* row, count: run)
                        column += run
                    }
                    window += channels
                }
            }
        }
    }

    private func gatherByTap(
        images: Int, source: UnsafePointer<Float>, columns: UnsafeMutablePointer<Float>
    ) {
        let width = output.width
        var column = columns
        for ky in 0..<kernel {
            for kx in 0..<kernel {
                for image in 0..<images {
                    var line = source + (image &* paddedCount &+ ky &* paddedWidth &+ kx)
                    for _ in 0..<output.height {
                        column.update(from: line, count: width)
                        column += width
                        line += paddedWidth
                    }
                }
            }
        }
    }

    /// col2im: adds the gradients of the columns up into the images.
    private func scatterColumns(images: Int, inputGradient: UnsafeMutablePointer<Float>, scratch: Scratch) {
        let target = padding > 0 ? scratch.padded : inputGradient
        target.update(repeating: 0, count: images &* paddedCount)
        let channels = input.channels
        let row = paddedWidth &* channels
        let run = kernel &* channels
        var column = UnsafePointer(scratch.columns)
        for image in 0..<images {
            for y in 0..<output.height {
                var window = target + (image &* paddedCount &+ y &* row)
                for _ in 0..<output.width {
                    for ky in 0..<kernel {
                        let sums = window + ky &* row
                        for index in 0..<run {
                            sums[index] += column[index]
                        }
                        column += run
                    }
                    window += channels
                }
            }
        }
        if padding > 0 {
            unpad(images: images, padded: scratch.padded, into: inputGradient)
        }
    }

    private func pad(images: Int, input: UnsafePointer<Float>, into padded: UnsafeMutablePointer<Float>) {
        let channels = self.input.channels
        let line = self.input.width &* channels
        let margin = padding &* channels
        padded.update(repeating: 0, count: images &* paddedCount)
        var source = input
        for image in 0..<images {
            var target = padded + (image &* paddedCount &+ padding &* paddedWidth &* channels &+ margin)
            for _ in 0..<self.input.height {
                target.update(from: source, count: line)
                source += line
                target += line &+ 2 &* margin
            }
        }
    }

    private func unpad(
        images: Int, padded: UnsafePointer<Float>, into output: UnsafeMutablePointer<Float>
    ) {
        let channels = input.channels
        let line = input.width &* channels
        let margin = padding &* channels
        var target = output
        for image in 0..<images {
            var source = padded + (image &* paddedCount &+ padding &* paddedWidth &* channels &+ margin)
            for _ in 0..<input.height {
                target.update(from: source, count: line)
                target += line
                source += line &+ 2 &* margin
            }
        }
    }
}
