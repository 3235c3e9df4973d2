import Settings
import Testing

@Suite struct DailyHoursTests {
    @Test("Two times of day, which may go over midnight", arguments: ["22:00-06:00", "00:00-23:59", "09:05-09:06"])
    func hours(text: String) { #expect(DailyHours(text)?.text == text) }

    @Test(
        "Nothing else",
        arguments: [
            "", "22-6", "22:00", "24:00-06:00", "22:60-06:00", "06:00-06:00", "6:00-07:00", "22:00-06:00-07:00",
            "ab:cd-ef:gh", "22:00–06:00",
        ])
    func mistakes(text: String) { #expect(DailyHours(text) == nil) }

    @Test(
        "Bytes have units",
        arguments: [("1KiB", 1_024), ("64MiB", 67_108_864), ("2GiB", 2_147_483_648), ("1536KiB", 1_572_864)])
    func bytes(text: String, count: Int) {
        #expect(ByteCount.value(of: text) == count)
        #expect(ByteCount.text(count) == text)
    }

    @Test(
        "Fractions of a KiB are written as such, and read as the same number",
        arguments: [1, 1_000, 1_025, 999_999_999])
    func fractions(count: Int) { #expect(ByteCount.value(of: ByteCount.text(count)) == count) }

    @Test("Nothing else is an amount of memory", arguments: ["", "64", "64MB", "64 MiB", "-1MiB", "0KiB", "MiB"])
    func noBytes(text: String) { #expect(ByteCount.value(of: text) == nil) }
}
