import Federation
import Wire

/// The device to whose pace a client is to keep, and the run's time as the coordinator tells it.
struct OwnDevice: Sendable {
    let device: Device
    private let subject: Availability.Subject
    /// When the run began, by this machine's clock.
    private let origin: ContinuousClock.Instant

    /// - Parameters:
    ///   - index: the client's place among those of the greeting.
    ///   - greeted: when the greeting came.
    init?(_ welcome: Welcome, at index: Int, greeted: ContinuousClock.Instant) {
        guard let devices = welcome.devices, let device = devices.device(at: index) else { return nil }
        self.device = device
        origin = greeted - devices.elapsed
        subject = Availability.Subject(
            client: welcome.assigned[index], seed: welcome.seed, beginning: devices.beginning)
    }

    var client: ClientID { subject.client }

    /// Whether it is on now, and until when; `nil`: for ever.
    var current: (isOn: Bool, until: ContinuousClock.Instant?) {
        let stretch = device.availability.stretch(at: .now - origin, of: subject)
        return (stretch.isOn, stretch.end.map { origin + $0 })
    }

    /// What a client's work in a round is to take.
    ///
    /// - Parameter samples: examples × epochs.
    func training(samples: Int, of key: UpdateKey) -> Duration {
        device.training(samples: samples, client: key.client, round: key.round, seed: subject.seed)
    }

    func mishaps(of key: UpdateKey) -> Device.Mishaps { device.mishaps(of: key, seed: subject.seed) }

    /// When it is back if it vanishes now; `nil`: never.
    var backAfterVanishing: ContinuousClock.Instant? { device.backAfter.map { .now + $0 } }
}
