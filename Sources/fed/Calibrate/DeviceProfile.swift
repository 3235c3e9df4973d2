import Foundation
import Settings
import Transport

/// A machine as a device of a scenario: what `fed calibrate` has measured.
struct DeviceProfile: Encodable {
    /// Of one client at a time.
    let samplesPerSecond: Double
    /// The standard deviation of its logarithm from one measurement to the next.
    let spread: Double
    /// Bytes.
    let memory: Int
    /// Bits in a second and seconds; `nil` where no link was measured.
    let up: Int?
    let down: Int?
    let latency: Double?

    init(speed: Repeated, memory: Int, link: LinkProbe.Result?) {
        samplesPerSecond = Self.rounded(speed.median)
        spread = (speed.logarithmicDeviation * 1000).rounded() / 1000
        self.memory = memory
        up = link.map { Int(Self.rounded(Double($0.up))) }
        down = link.map { Int(Self.rounded(Double($0.down))) }
        latency = link.map { ($0.latency / .milliseconds(1)).rounded() / 1000 }
    }

    /// More than three digits are noise.
    private static func rounded(_ value: Double) -> Double {
        guard value > 0 else { return value }
        let unit = pow(10, (log10(value) - 2).rounded(.down))
        return (value / unit).rounded() * unit
    }

    /// As a scenario's list of devices.
    ///
    /// - Parameter what: was measured, for the comment.
    func yaml(_ what: String) -> String {
        var settings = [
            "samples_per_second: \(Decimal.text(samplesPerSecond))", "spread: \(Decimal.text(spread))",
            "memory: \(ByteCount.text(memory))",
        ]
        if let up, let down, let latency {
            settings += ["up: \(BitRate.text(up))", "down: \(BitRate.text(down))"]
            // Scenarios know no less than a millisecond.
            if latency > 0 { settings.append("latency: \(Int((latency * 1000).rounded()))ms") }
        }
        return "# \(what)\ndevices:\n  - {\(settings.joined(separator: ", "))}\n"
    }
}
