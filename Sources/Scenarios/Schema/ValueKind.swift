import Settings

/// What may stand as the value of a key: in words for the reader of a message, and in code.
struct ValueKind<Value> {
    /// For example `a whole number from 1 to 1000000`.
    let expectation: String
    /// How a file writes a value of this kind.
    let text: (Value) -> String
    /// The value that a text stands for, or what is wrong with it.
    let read: (ScalarText) -> Reading
    /// Whether a list of single values may stand there too; it is read as these with commas between them.
    var takesList = false

    /// The same, with ``takesList``.
    var takingList: Self {
        var copy = self
        copy.takesList = true
        return copy
    }

    enum Reading {
        case value(Value)
        /// Not such a value; the remedy, where one is known, is a sentence for the person who wrote the file.
        case mismatch(remedy: String?)
    }
}

/// The text of a single value, and whether it is in quotes.
struct ScalarText {
    let text: String
    let isQuoted: Bool
}

extension ValueKind {
    /// A value that has to be written without quotes.
    static func plain(
        _ expectation: String, text: @escaping (Value) -> String, _ read: @escaping (String) -> Reading
    ) -> Self {
        ValueKind(expectation: expectation, text: text) { scalar in
            let reading = read(scalar.text)
            guard scalar.isQuoted else { return reading }
            guard case .value = reading else { return .mismatch(remedy: nil) }
            return .mismatch(remedy: "Write it without quotes.")
        }
    }
}

extension ValueKind where Value == String {
    /// One line of text, quoted or not.
    static func text(upTo limit: Int) -> Self {
        ValueKind(expectation: "a text of 1 to \(limit) characters on one line", text: \.self) { scalar in
            let text = scalar.text
            let isLine = text.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
            return isLine && (1...limit).contains(text.count) ? .value(text) : .mismatch(remedy: nil)
        }
    }

    /// One of these words.
    static func word(of words: [String]) -> Self {
        let list = words.count == 1 ? words[0] : "one of \(words.joined(separator: ", "))"
        return ValueKind(expectation: list, text: \.self) { scalar in
            if words.contains(scalar.text) { return .value(scalar.text) }
            if words.count == 1 { return .mismatch(remedy: "Leave it out.") }
            let meant = Spelling.nearest(to: scalar.text, among: words)
            return .mismatch(remedy: meant.map { "Write \"\($0)\"." })
        }
    }
}

extension ValueKind where Value == Bool {
    /// `true` or `false`.
    static var truth: Self {
        plain("true or false", text: \.description) { text in
            switch text {
            case "true": .value(true)
            case "false": .value(false)
            case "yes", "on", "True", "TRUE", "1": .mismatch(remedy: "Write true.")
            case "no", "off", "False", "FALSE", "0": .mismatch(remedy: "Write false.")
            default: .mismatch(remedy: nil)
            }
        }
    }
}

extension ValueKind where Value: RawRepresentable<String> {
    /// One of these cases.
    static func choice(_ cases: [Value]) -> Self {
        let words = ValueKind<String>.word(of: cases.map(\.rawValue))
        return ValueKind(expectation: words.expectation, text: \.rawValue) { scalar in
            switch words.read(scalar) {
            // The word is the raw value of one of the cases.
            case .value(let word): cases.first { $0.rawValue == word }.map { .value($0) } ?? .mismatch(remedy: nil)
            case .mismatch(let remedy): .mismatch(remedy: remedy)
            }
        }
    }
}

extension ValueKind where Value: FixedWidthInteger {
    static func wholeNumber(_ range: ClosedRange<Value>) -> Self {
        plain("a whole number from \(range.lowerBound) to \(range.upperBound)", text: \.description) { text in
            if let value = Value(text), String(value) == text {
                if range.contains(value) { return .value(value) }
                let nearest = min(max(value, range.lowerBound), range.upperBound)
                return .mismatch(remedy: "The nearest that is allowed is \(nearest).")
            }
            let digits = text.filter { $0 != "," && $0 != "_" && $0 != "'" }
            guard let number = Decimal.number(digits), let value = Value(exactly: number), range.contains(value) else {
                return .mismatch(remedy: nil)
            }
            return .mismatch(remedy: "Write \(value).")
        }
    }
}

extension ValueKind where Value == Double {
    /// A number between two bounds, each of them allowed or not.
    static func number(_ bounds: Bounds) -> Self {
        plain("a number \(bounds)", text: Decimal.text) { text in
            guard let value = Decimal.number(text) else {
                let percent = text.last == "%" ? Decimal.number(String(text.dropLast())).map { $0 / 100 } : nil
                let meant = percent ?? Decimal.number(text.replacing(",", with: "."))
                guard let meant, bounds.contains(meant) else { return .mismatch(remedy: nil) }
                return .mismatch(remedy: "Write \(Decimal.text(meant)).")
            }
            return bounds.contains(value) ? .value(value) : .mismatch(remedy: nil)
        }
    }
}

extension ValueKind where Value == Duration {
    static func duration(_ range: ClosedRange<Duration>) -> Self {
        let bounds = "from \(range.lowerBound.shortText) to \(range.upperBound.shortText)"
        return plain("a duration \(bounds), such as 500ms, 30s, 2m or 1h", text: \.shortText) { text in
            guard let value = Duration(shortText: text) else {
                guard Decimal.number(text) != nil else { return .mismatch(remedy: nil) }
                return .mismatch(remedy: "Write the unit, too: \(text)s.")
            }
            guard range.contains(value) else {
                let nearest = min(max(value, range.lowerBound), range.upperBound)
                return .mismatch(remedy: "The nearest that is allowed is \(nearest.shortText).")
            }
            return .value(value)
        }
    }
}

extension ValueKind where Value == Int {
    /// Bits in a second.
    static func bitRate(_ range: ClosedRange<Int>) -> Self {
        let bounds = "from \(BitRate.text(range.lowerBound)) to \(BitRate.text(range.upperBound))"
        return plain("a rate \(bounds), such as 500kbit or 10Mbit", text: BitRate.text) { text in
            guard let value = BitRate.value(of: text) else {
                guard Decimal.number(text) != nil else { return .mismatch(remedy: nil) }
                return .mismatch(remedy: "Write the unit, too: \(text)Mbit.")
            }
            guard range.contains(value) else {
                let nearest = min(max(value, range.lowerBound), range.upperBound)
                return .mismatch(remedy: "The nearest that is allowed is \(BitRate.text(nearest)).")
            }
            return .value(value)
        }
    }
}

extension ValueKind where Value == Int {
    /// Bytes of memory.
    static func byteCount(_ range: ClosedRange<Int>) -> Self {
        let bounds = "from \(ByteCount.text(range.lowerBound)) to \(ByteCount.text(range.upperBound))"
        return plain("an amount of memory \(bounds), such as 512KiB or 64MiB", text: ByteCount.text) { text in
            guard let value = ByteCount.value(of: text) else {
                guard Decimal.number(text) != nil else { return .mismatch(remedy: nil) }
                return .mismatch(remedy: "Write the unit, too: \(text)MiB.")
            }
            guard range.contains(value) else {
                let nearest = min(max(value, range.lowerBound), range.upperBound)
                return .mismatch(remedy: "The nearest that is allowed is \(ByteCount.text(nearest)).")
            }
            return .value(value)
        }
    }
}

extension ValueKind where Value == DailyHours {
    static var dailyHours: Self {
        ValueKind(expectation: "two times of day, such as 22:00-06:00", text: \.text) { scalar in
            DailyHours(scalar.text).map { .value($0) } ?? .mismatch(remedy: nil)
        }
    }
}

extension ValueKind where Value == TimeOfDay {
    static var timeOfDay: Self {
        ValueKind(expectation: "a time of day, such as 08:30", text: \.text) { scalar in
            TimeOfDay(scalar.text).map { .value($0) } ?? .mismatch(remedy: nil)
        }
    }
}
