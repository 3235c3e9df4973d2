import Federation
import Settings
import Testing

@Suite struct AvailabilityTests {
    private func device(_ texts: (name: String, text: String)...) throws -> Device {
        Device(try SettingValues(Device.settings, texts: texts))
    }

    private func subject(_ client: UInt32, _ beginning: String = "00:00") throws -> Availability.Subject {
        Availability.Subject(
            client: ClientID(client), seed: 5, beginning: try #require(TimeOfDay(beginning)))
    }

    @Test("On and off in turns, each for times whose mean is what the scenario says, from a beginning like any moment")
    func alternating() throws {
        let availability = Availability.alternating(on: .seconds(30), off: .seconds(10))
        var first = 0
        var sums = [true: 0.0, false: 0.0]
        var later = 0
        for client in 0..<UInt32(20_000) {
            let subject = try subject(client)
            var stretch = availability.first(of: subject)
            #expect(stretch.number == 0)
            if stretch.isOn { first += 1 }
            let begin = try #require(stretch.end)
            let next = try #require(availability.next(after: stretch, of: subject))
            #expect(next.isOn != stretch.isOn && next.number == 1)
            sums[next.isOn, default: 0] += (try #require(next.end) - begin) / .seconds(1)
            stretch = availability.stretch(at: .seconds(500), of: subject)
            if stretch.isOn { later += 1 }
        }
        // Three in four, by four standard deviations.
        #expect(abs(Double(first) - 15_000) < 4 * 61.3 && abs(Double(later) - 15_000) < 4 * 61.3)
        #expect(abs(sums[true, default: 0] / Double(20_000 - first) - 30) < 4 * 30 / 70.7)
        #expect(abs(sums[false, default: 0] / Double(first) - 10) < 4 * 10 / 122.5)
    }

    @Test("The stretch of a moment is the one that the walk comes to; the same seed gives the same stretches")
    func moments() throws {
        let availability = Availability.alternating(on: .seconds(3), off: .seconds(2))
        for client in 0..<UInt32(50) {
            let subject = try subject(client)
            var stretch = availability.first(of: subject)
            var begin = Duration.zero
            for _ in 0..<20 {
                let end = try #require(stretch.end)
                #expect(end > begin)
                #expect(availability.stretch(at: begin, of: subject) == stretch)
                #expect(availability.stretch(at: end - .nanoseconds(1), of: subject) == stretch)
                begin = end
                stretch = try #require(availability.next(after: stretch, of: subject))
            }
        }
        #expect(try availability.first(of: subject(1)) != availability.first(of: subject(2)))
    }

    @Test(
        "Each day between two times, by the device's own clock",
        arguments: [
            // hours, zone, beginning: whether it is on then, and after how many minutes that changes, twice.
            ("22:00-06:00", "0", "23:00", true, 420, 960), ("22:00-06:00", "0", "12:00", false, 600, 480),
            ("08:00-20:00", "0", "08:00", true, 720, 720), ("08:00-20:00", "0", "20:00", false, 720, 720),
            ("08:00-20:00", "2", "07:00", true, 660, 720), ("08:00-20:00", "-5.5", "12:00", false, 90, 720),
            ("00:00-00:01", "0", "00:00", true, 1, 1_439), ("22:00-06:00", "14", "10:00", true, 360, 960),
        ])
    func daily(hours: String, zone: String, beginning: String, isOn: Bool, first: Int, second: Int) throws {
        let availability = try device(("hours", hours), ("time_zone", zone)).availability
        let subject = try subject(0, beginning)
        let stretch = availability.first(of: subject)
        #expect(stretch.isOn == isOn && stretch.end == .seconds(first * 60))
        let next = try #require(availability.next(after: stretch, of: subject))
        #expect(next.isOn != isOn && next.end == .seconds((first + second) * 60))
        // A year later to the day.
        let later = availability.stretch(at: .seconds(365 * 86_400), of: subject)
        #expect(later.isOn == isOn && later.end == .seconds(365 * 86_400 + first * 60))
    }

    @Test("Days are told apart however many have gone by: in a simulation centuries pass")
    func centuries() throws {
        let availability = try device(("hours", "22:00-06:00")).availability
        let subject = try subject(0, "23:00")
        let noon = Duration.seconds(400 * 365 * 86_400 + 13 * 3_600)
        let stretch = availability.stretch(at: noon, of: subject)
        #expect(!stretch.isOn && stretch.end == noon + .seconds(10 * 3_600))
    }

    @Test("A device is always on unless something is said")
    func always() throws {
        #expect(Device.standard.availability == .always && !Device.standard.comesAndGoes)
        #expect(try Availability.always.first(of: subject(1)).end == nil)
        #expect(try device(("on_for", "10m"), ("off_for", "5m")).comesAndGoes)
        #expect(try device(("loss", "0.1")).comesAndGoes && device(("upload_failure", "0.1")).comesAndGoes)
    }

    @Test("What goes wrong is drawn for each attempt, as often as the device says, anywhere in its work")
    func mishaps() throws {
        let device = try device(("training_failure", "0.3"), ("upload_failure", "0.1"), ("loss", "0.5"))
        var (training, upload, cut, parts) = (0, 0, 0, 0.0)
        for client in 0..<UInt32(10_000) {
            let key = UpdateKey(round: 2, client: ClientID(client), attempt: 1)
            let found = device.mishaps(of: key, seed: 4)
            #expect(device.mishaps(of: key, seed: 4) == found)
            if let part = found.training {
                training += 1
                parts += part
                #expect((0..<1).contains(part))
            }
            if found.upload != nil { upload += 1 }
            if found.cut != nil { cut += 1 }
        }
        #expect(abs(training - 3_000) < 184 && abs(upload - 1_000) < 120 && abs(cut - 5_000) < 200)
        #expect(abs(parts / Double(training) - 0.5) < 0.022)
        let key = UpdateKey(round: 2, client: ClientID(1), attempt: 1)
        let attempts = (1...UInt32(64)).map { attempt in
            device.mishaps(of: UpdateKey(round: 2, client: ClientID(1), attempt: attempt), seed: 4)
        }
        #expect(Set(attempts).count > 20 && Device.standard.mishaps(of: key, seed: 4) == .none)
    }
}
