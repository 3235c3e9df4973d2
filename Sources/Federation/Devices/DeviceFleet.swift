internal import Randomness
public import Settings

/// The device of each client of a run. A client that no rule reaches has the standard device.
public struct DeviceFleet: Sendable {
    /// The standard device, and those of the rules.
    let devices: [Device]
    /// For each client, the place of its device; a byte each, for there may be millions.
    private let places: [UInt8]
    private let seed: UInt64
    let beginning: TimeOfDay

    /// The most rules.
    public static let most = 64

    /// - Parameters:
    ///   - rules: at most ``most``; a client has the device of the first that names it.
    ///   - population: K, the number of clients.
    ///   - seed: of the run.
    ///   - beginning: the time of day at which the run begins.
    public init(_ rules: [DeviceRule], population: Int, seed: UInt64, beginning: TimeOfDay = .midnight) {
        precondition(rules.count <= Self.most)
        devices = [.standard] + rules.map(\.device)
        var places = [UInt8](repeating: 0, count: population)
        var shares: [(place: UInt8, share: Double)] = []
        for (index, rule) in rules.enumerated() {
            let place = UInt8(index + 1)
            switch rule.clients {
            case .share(let share): shares.append((place, share))
            case .these(let clients):
                for client in clients where Int(client.rawValue) < population && places[Int(client.rawValue)] == 0 {
                    places[Int(client.rawValue)] = place
                }
            }
        }
        if !shares.isEmpty {
            var order = (0..<Int32(population)).filter { places[Int($0)] == 0 }
            var stream = RandomStream(seed: seed, purpose: .devices)
            stream.shuffle(&order)
            var (begin, sum) = (0, 0.0)
            for (place, share) in shares {
                sum += share
                let end = min(order.count, Int((sum * Double(population)).rounded()))
                for client in order[min(begin, end)..<end] { places[Int(client)] = place }
                begin = end
            }
        }
        self.places = places
        self.seed = seed
        self.beginning = beginning
    }

    /// The place of a client's device among those of the rules, from 1; 0: the standard device.
    package func place(of client: ClientID) -> UInt8 { places[Int(client.rawValue)] }

    /// Whether the clients of some device come and go by themselves.
    public var comesAndGoes: Bool { devices.contains { $0.comesAndGoes } }

    /// Whether clients of some device need connections of their own.
    public var needsOwnConnections: Bool { devices.contains { $0.needsOwnConnection } }

    /// The stretch of being on or off that follows; `nil` after one that never ends.
    public func stretch(after stretch: Availability.Stretch, of client: ClientID) -> Availability.Stretch? {
        self[client].availability.next(after: stretch, of: subject(client))
    }

    /// The stretch of a moment.
    public func stretch(of client: ClientID, at elapsed: Duration) -> Availability.Stretch {
        self[client].availability.stretch(at: elapsed, of: subject(client))
    }

    private func subject(_ client: ClientID) -> Availability.Subject {
        Availability.Subject(client: client, seed: seed, beginning: beginning)
    }

    /// - Precondition: `client` is below the population.
    public subscript(client: ClientID) -> Device { devices[Int(places[Int(client.rawValue)])] }
}
