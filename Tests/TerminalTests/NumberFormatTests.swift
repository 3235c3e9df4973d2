import Terminal
import Testing

@Suite struct NumberFormatTests {
    @Test(
        "Counts have thousands separators",
        arguments: [
            (0, "0"), (7, "7"), (999, "999"), (1000, "1,000"), (121_930, "121,930"), (1_663_370, "1,663,370"),
            (-1234, "-1,234"), (Int.min, "-9,223,372,036,854,775,808"), (Int.max, "9,223,372,036,854,775,807"),
        ])
    func counts(value: Int, text: String) {
        #expect(NumberFormat.count(value) == text)
    }

    @Test(
        "Bytes have binary units",
        arguments: [
            (0, "0 B"), (1023, "1023 B"), (1024, "1.00 KiB"), (1536, "1.50 KiB"), (10_239, "10.0 KiB"),
            (102_400, "100 KiB"), (1_048_575, "1.00 MiB"), (487_720, "476 KiB"), (9_912_422, "9.45 MiB"),
            (1 << 30, "1.00 GiB"), (1 << 40, "1.00 TiB"), (Int.max, "8192 PiB"), (-2048, "-2.00 KiB"),
        ])
    func bytes(value: Int, text: String) {
        #expect(NumberFormat.bytes(value) == text)
    }

    @Test(
        "Durations",
        arguments: [
            (0, "0 s"), (0.0000042, "4.2 µs"), (0.00000996, "10 µs"), (0.0000997, "0.10 ms"), (0.000042, "42 µs"),
            (0.0004, "0.40 ms"), (0.0015, "1.5 ms"), (0.00994, "9.9 ms"),
            (0.012, "12 ms"), (0.9994, "999 ms"),
            (0.9996, "1.00 s"), (3.417, "3.42 s"), (12.34, "12.3 s"), (59.94, "59.9 s"), (59.96, "1m 00s"),
            (65, "1m 05s"), (3599.6, "1h 00m"), (7380, "2h 03m"), (273_600, "3d 04h"), (-65, "-1m 05s"),
            (.infinity, "-"), (.nan, "-"), (1e300, "-"),
        ] as [(Double, String)])
    func durations(seconds: Double, text: String) {
        #expect(NumberFormat.duration(seconds: seconds) == text)
    }

    @Test func duration() {
        #expect(NumberFormat.duration(.milliseconds(65_000)) == "1m 05s")
        #expect(NumberFormat.clock(-3) == "0s")
    }

    @Test("Percentages and fixed places") func percent() {
        #expect(NumberFormat.percent(0.9512) == "95.12 %")
        #expect(NumberFormat.percent(1, places: 0) == "100 %")
        #expect(NumberFormat.percent(.nan) == "nan %")
        #expect(NumberFormat.fixed(-0.0001, 2) == "0.00")
        #expect(NumberFormat.fixed(-1.005, 1) == "-1.0")
        #expect(NumberFormat.fixed(.greatestFiniteMagnitude, 15).count == 325)
        #expect(NumberFormat.fixed(-.infinity, 2) == "-inf")
        #expect(NumberFormat.bytes(perSecond: 1_572_864) == "1.50 MiB/s")
        #expect(NumberFormat.bytes(perSecond: .infinity) == "-")
    }

    @Test("Things are counted in the singular and in the plural")
    func counted() {
        #expect(NumberFormat.count(1, "round") == "1 round")
        #expect(NumberFormat.count(0, "round") == "0 rounds")
        #expect(NumberFormat.count(12_345, "update") == "12,345 updates")
    }
}
