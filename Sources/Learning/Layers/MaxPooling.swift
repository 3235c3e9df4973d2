extension LayerDefinition {
    /// The maximum of each 2×2 window, stride 2. An odd last row or column is left out.
    public static let maxPooling = LayerDefinition(MaxPoolingDefinition())
}

struct MaxPoolingDefinition: LayerKind {
    static let prefix = "pool"

    func output(for input: ImageShape) -> ImageShape {
        ImageShape(channels: input.channels, height: input.height / 2, width: input.width / 2)
    }

    func build(_ builder: inout NetworkBuilder) {
        let stage = MaxPooling(input: builder.shape)
        builder.append(.maxPooling(stage), output: stage.output, hasNotes: true)
    }
}

/// The maximum of each 2×2 window, stride 2: `[N, H, W, C]` → `[N, ⌊H/2⌋, ⌊W/2⌋, C]`. An odd last row or column is left
/// out. Of equal values the first in reading order counts.
///
/// This is the layer on its own; after a convolution and a ReLU, ``ConvolutionPooling`` does all three in one pass.
package struct MaxPooling: BitwiseCopyable {
    package let input: ImageShape
    package let output: ImageShape

    package init(input: ImageShape) {
        self.input = input
        output = LayerDefinition.maxPooling.output(for: input)
    }

    /// y and, for each of its values, which of the window's four it was (`choices`, 0 to 3 in reading order).
    package func forward(
        examples: Int, input: UnsafePointer<Float>, output: UnsafeMutablePointer<Float>,
        choices: UnsafeMutablePointer<UInt8>
    ) {
        let channels = self.input.channels
        forEachWindow(examples: examples) { window, cell in
            let corners = Corners(of: input + window, rowStride: self.input.width &* channels, channels: channels)
            let output = output + cell
            let choices = choices + cell
            for channel in 0..<channels {
                let (value, choice) = corners.maximum(channel)
                output[channel] = value
                choices[channel] = choice
            }
        }
    }

    /// dx: each dy goes to the value that was chosen, all others get 0.
    package func backward(
        examples: Int, choices: UnsafePointer<UInt8>, outputGradient: UnsafePointer<Float>,
        inputGradient: UnsafeMutablePointer<Float>
    ) {
        let channels = self.input.channels
        let row = self.input.width &* channels
        if self.input.height % 2 != 0 || self.input.width % 2 != 0 {
            inputGradient.update(repeating: 0, count: examples &* self.input.count)
        }
        forEachWindow(examples: examples) { window, cell in
            Self.spread(
                gradient: outputGradient + cell, choices: choices + cell, channels: channels,
                into: inputGradient + window, rowStride: row)
        }
    }

    /// Writes one window's gradient: all its four values for each channel.
    @inline(__always)
    static func spread(
        gradient: UnsafePointer<Float>, choices: UnsafePointer<UInt8>, channels: Int,
        into window: UnsafeMutablePointer<Float>, rowStride: Int
    ) {
        // One corner after the other: a loop that writes all four does not vectorise.
        select(0, of: gradient, choices: choices, channels: channels, to: window)
        select(1, of: gradient, choices: choices, channels: channels, to: window + channels)
        select(2, of: gradient, choices: choices, channels: channels, to: window + rowStride)
        select(3, of: gradient, choices: choices, channels: channels, to: window + rowStride + channels)
    }

    @inline(__always)
    private static func select(
        _ corner: UInt8, of gradient: UnsafePointer<Float>, choices: UnsafePointer<UInt8>, channels: Int,
        to target: UnsafeMutablePointer<Float>
    ) {
        for channel in 0..<channels {
            let value = gradient[channel]
            target[channel] = choices[channel] == corner ? value : 0
        }
    }

    /// Calls `body` with the places of each window's first value in the input and of its cell in the output.
    @inline(__always)
    private func forEachWindow(examples: Int, _ body: (_ window: Int, _ cell: Int) -> Void) {
        let channels = input.channels
        let row = input.width &* channels
        var cell = 0
        for example in 0..<examples {
            for y in 0..<output.height {
                var window = example &* input.count &+ 2 &* y &* row
                for _ in 0..<output.width {
                    body(window, cell)
                    window &+= 2 &* channels
                    cell &+= channels
                }
            }
        }
    }

    /// The four pixels of a window, each with its channels.
    struct Corners {
        let topLeft: UnsafePointer<Float>
        let topRight: UnsafePointer<Float>
        let bottomLeft: UnsafePointer<Float>
        let bottomRight: UnsafePointer<Float>

        @inline(__always)
        init(of window: UnsafePointer<Float>, rowStride: Int, channels: Int) {
            topLeft = window
            topRight = window + channels
            bottomLeft = window + rowStride
            bottomRight = bottomLeft + channels
        }

        /// The largest of the four values of a channel and which it is. Selections only, so that it vectorises.
        @inline(__always)
        func maximum(_ channel: Int) -> (value: Float, choice: UInt8) {
            let a = topLeft[channel]
            let b = topRight[channel]
            let c = bottomLeft[channel]
            let d = bottomRight[channel]
            let top = b > a ? b : a
            let topChoice: UInt8 = b > a ? 1 : 0
            let bottom = d > c ? d : c
            let bottomChoice: UInt8 = d > c ? 3 : 2
            return (bottom > top ? bottom : top, bottom > top ? bottomChoice : topChoice)
        }
    }
}

extension MaxPooling: LayerStage {
    func forward(_ pass: borrowing ForwardPass) {
        forward(examples: pass.examples, input: pass.input, output: pass.output, choices: pass.notes)
    }

    func backward(_ pass: borrowing BackwardPass) -> Bool {
        backward(
            examples: pass.examples, choices: pass.notes, outputGradient: pass.outputGradient,
            inputGradient: pass.inputGradient)
        return false
    }
}
