internal import Glibc

/// Numbers for people: the same in every locale, units in the text.
public enum NumberFormat {
    /// `1234567` → `1,234,567`.
    public static func count(_ value: some BinaryInteger) -> String {
        let digits = String(value.magnitude)
        var text = value < 0 ? "-" : ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { text += "," }
            text.append(digit)
        }
        return text
    }

    /// A number of things, for example `1 round`, `1,000 rounds`.
    ///
    /// - Parameter noun: in the singular, of those whose plural ends in s.
    public static func count(_ value: some BinaryInteger, _ noun: String) -> String {
        "\(count(value)) \(noun)\(value == 1 ? "" : "s")"
    }

    /// `value` with `places` digits after the point (0 to 15): `fixed(2.5, 2)` → `2.50`. NaN and infinities are `nan`,
    /// `inf`, `-inf`.
    public static func fixed(_ value: Double, _ places: Int) -> String {
        guard value.isFinite else { return value.isNaN ? "nan" : value < 0 ? "-inf" : "inf" }
        let text = formatted(value, "%.*f", places)
        // A negative value that is rounded to zero has no sign.
        return text.hasPrefix("-") && !text.contains { ("1"..."9").contains($0) } ? String(text.dropFirst()) : text
    }

    /// `value` as a power of ten with two places, for what is too large or too small for ``fixed(_:_:)``: `1.50e+12`.
    public static func scientific(_ value: Double) -> String {
        value.isFinite ? formatted(value, "%.*e", 2) : fixed(value, 0)
    }

    private static func formatted(_ value: Double, _ format: String, _ places: Int) -> String {
        // Room for the largest Double, its sign, its point and its places.
        let capacity = 352
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: capacity) { buffer in
            let places = CInt(min(max(places, 0), 15))
            _ = withVaList([places, value]) { vsnprintf(buffer.baseAddress, capacity, format, $0) }
            return buffer.baseAddress.map { String(cString: $0) } ?? ""
        }
    }

    /// A fraction of one as a percentage: `0.9512` → `95.12 %`.
    public static func percent(_ fraction: Double, places: Int = 2) -> String {
        fixed(fraction * 100, places) + " %"
    }

    /// Bytes in binary units, three digits or more: `1536` → `1.50 KiB`.
    public static func bytes(_ value: some BinaryInteger) -> String {
        var scaled = Double(value)
        guard abs(scaled) >= 1024 else { return "\(value) B" }
        for unit in ["KiB", "MiB", "GiB", "TiB", "PiB"] {
            scaled /= 1024
            // What would be shown as 1024 belongs to the next unit.
            if abs(scaled) < 1023.5 || unit == "PiB" {
                return "\(fixed(scaled, abs(scaled) < 9.995 ? 2 : abs(scaled) < 99.95 ? 1 : 0)) \(unit)"
            }
        }
        return "\(value) B"
    }

    /// Bytes per second: `1.50 MiB/s`.
    public static func bytes(perSecond value: Double) -> String {
        guard value.isFinite, abs(value) < 0x1p62 else { return "-" }
        return bytes(Int(value)) + "/s"
    }

    /// A length of time: `42 µs`, `0.42 ms`, `12 ms`, `3.42 s`, `1m 05s`, `2h 03m`, `3d 04h`.
    public static func duration(seconds: Double) -> String {
        guard seconds.isFinite, seconds < 0x1p53 else { return "-" }
        guard seconds >= 0 else { return "-" + duration(seconds: -seconds) }
        switch seconds {
        case 0: return "0 s"
        case ..<0.0000995: return fixed(seconds * 1_000_000, seconds < 0.00000995 ? 1 : 0) + " µs"
        case ..<0.000995: return fixed(seconds * 1000, 2) + " ms"
        case ..<0.00995: return fixed(seconds * 1000, 1) + " ms"
        case ..<0.9995: return fixed(seconds * 1000, 0) + " ms"
        case ..<9.995: return fixed(seconds, 2) + " s"
        case ..<59.95: return fixed(seconds, 1) + " s"
        default: return clock(Int(seconds.rounded()))
        }
    }

    /// A length of time, as ``duration(seconds:)`` writes it.
    public static func duration(_ duration: Duration) -> String {
        self.duration(seconds: duration.inSeconds)
    }

    /// A length of time in whole seconds, for what counts down: `42s`, `1m 05s`, `2h 03m`, `3d 04h`.
    public static func clock(_ seconds: Int) -> String {
        let seconds = max(0, seconds)
        switch seconds {
        case ..<60: return "\(seconds)s"
        case ..<3600: return "\(seconds / 60)m \(twoDigits(seconds % 60))s"
        case ..<86_400: return "\(seconds / 3600)h \(twoDigits(seconds % 3600 / 60))m"
        default: return "\(seconds / 86_400)d \(twoDigits(seconds % 86_400 / 3600))h"
        }
    }

    private static func twoDigits(_ value: Int) -> String {
        value < 10 ? "0\(value)" : "\(value)"
    }
}

extension Duration {
    /// The duration in seconds.
    package var inSeconds: Double {
        Double(components.seconds) + Double(components.attoseconds) * 1e-18
    }
}
