import Settings

extension Asynchrony {
    /// The keys of a strategy whose clients do not wait for each other.
    static let settings: [Setting] = [
        Setting(
            "concurrency", .wholeNumber(1...100_000), default: .wholeNumber(30),
            "how many clients train at once; no more than there are do"),
        Setting(
            "maximum_staleness", .wholeNumber(0...1000), default: .wholeNumber(20),
            "by how many models an update may be behind and still count"),
    ]

    init(buffer: Int, _ values: SettingValues) {
        self.init(
            buffer: buffer, concurrency: values.wholeNumber("concurrency"),
            maximumStaleness: values.wholeNumber("maximum_staleness"))
    }
}
