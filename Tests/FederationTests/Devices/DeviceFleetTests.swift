import Federation
import Settings
import Testing

@Suite struct DeviceFleetTests {
    private func device(_ texts: (name: String, text: String)...) throws -> Device {
        Device(try SettingValues(Device.settings, texts: texts))
    }

    @Test(
        "Lists come first, shares after them in an order that the seed draws, and what is left has the standard device")
    func membership() throws {
        let slow = try device(("speed", "0.1"))
        let far = try device(("latency", "1s"))
        let own = try device(("speed", "7"))
        let rules = [
            DeviceRule(slow, clients: .share(0.3)), DeviceRule(own, clients: .these([ClientID(3), ClientID(8)])),
            DeviceRule(far, clients: .share(0.2)),
        ]
        let clients = (0..<UInt32(100)).map { ClientID($0) }
        let fleet = DeviceFleet(rules, population: 100, seed: 1)
        let counts = Dictionary(grouping: clients) { fleet[$0] }.mapValues(\.count)
        #expect(counts == [slow: 30, far: 20, own: 2, .standard: 48])
        #expect(fleet[ClientID(3)] == own && fleet[ClientID(8)] == own)
        let again = DeviceFleet(rules, population: 100, seed: 1)
        #expect(clients.allSatisfy { fleet[$0] == again[$0] })
        let other = DeviceFleet(rules, population: 100, seed: 2)
        #expect(clients.contains { fleet[$0] != other[$0] })
    }

    @Test("Shares that are more than there are take what is left; the first of two lists counts")
    func tooMany() throws {
        let slow = try device(("speed", "0.1"))
        let far = try device(("latency", "1s"))
        let fleet = DeviceFleet(
            [
                DeviceRule(slow, clients: .these([ClientID(1)])),
                DeviceRule(far, clients: .these([ClientID(1), ClientID(2)])),
                DeviceRule(slow, clients: .share(1)), DeviceRule(far, clients: .share(1)),
            ], population: 5, seed: 1)
        #expect((0..<UInt32(5)).map { fleet[ClientID($0)] } == [slow, slow, far, slow, slow])
    }

    @Test("A device is known by what makes it another than the standard one")
    func summary() throws {
        let slow = try device(("up", "1Mbit"), ("speed", "0.1"), ("latency", "50ms"))
        #expect(slow.summary == "speed 0.1, up 1Mbit, latency 50ms")
        let plain = try device(("speed", "1"))
        #expect(Device.standard.summary.isEmpty && plain.summary.isEmpty)
    }

    @Test("Times follow from rates: examples a second, bits a second, and the way there")
    func times() throws {
        let device = try device(
            ("samples_per_second", "200"), ("speed", "0.5"), ("down", "8Mbit"), ("up", "1Mbit"), ("latency", "50ms"))
        #expect(device.training(samples: 1_000, client: ClientID(0), round: 1, seed: 1) == .seconds(10))
        #expect(device.download(bytes: 1_000_000) == .milliseconds(1_050))
        #expect(device.upload(bytes: 125_000) == .milliseconds(1_050))
        #expect(Device.standard.download(bytes: .max) == .zero && Device.standard.upload(bytes: 1) == .zero)
        let slowest = try self.device(("samples_per_second", "0.001"), ("speed", "0.001"), ("up", "1bit"))
        #expect(slowest.training(samples: .max, client: ClientID(0), round: 1, seed: 1) == .seconds(1_000_000_000))
        #expect(slowest.upload(bytes: .max) == .seconds(1_000_000_000))
    }

    @Test("A spread is drawn for each client and round, the same each time, about the device's speed")
    func spread() throws {
        let device = try device(("spread", "0.5"))
        func time(_ client: UInt32, _ round: UInt32) -> Duration {
            device.training(samples: 1_000, client: ClientID(client), round: round, seed: 3)
        }
        #expect(time(4, 2) == time(4, 2) && time(4, 2) != time(4, 3) && time(4, 2) != time(5, 2))
        let logarithms = (0..<UInt32(20_000)).map { client in
            let (seconds, attoseconds) = time(client, 1).components
            return (Double(seconds) + Double(attoseconds) / 1e18)
        }
        // exp(σ · N) has the median 1, and is above e^σ for 15.9 %.
        let above = logarithms.count { $0 > 1 }
        let far = logarithms.count { $0 > 1.648_721 }
        #expect((9_700...10_300).contains(above) && (3_000...3_350).contains(far))
    }
}
