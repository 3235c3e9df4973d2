public import Settings

/// The devices of one worker's clients, and where the run stands that they are part of: what the worker is told of them, to keep
/// its clients to their pace.
public struct HostedDevices: Sendable, Hashable {
    /// How long the run had gone on when this was said; to the millisecond.
    public var elapsed: Duration
    /// The time of day at which the run began.
    public var beginning: TimeOfDay
    /// At most ``DeviceFleet/most``.
    public var devices: [Device]
    /// Of each client of the worker, in their order, the place of its device among these, from 1; 0: it is as fast as the worker.
    /// Empty where there are no devices.
    public var places: [UInt8]

    public init(elapsed: Duration, beginning: TimeOfDay, devices: [Device], places: [UInt8]) {
        precondition(devices.count <= DeviceFleet.most && places.allSatisfy { $0 <= devices.count })
        self.elapsed = elapsed
        self.beginning = beginning
        self.devices = devices
        self.places = places
    }

    /// Clients as fast as their worker, and always there.
    public static let none = HostedDevices(elapsed: .zero, beginning: .midnight, devices: [], places: [])

    /// The device of a worker's client, if it has one.
    ///
    /// - Parameter index: the client's place among the worker's.
    public func device(at index: Int) -> Device? {
        guard places.indices.contains(index), places[index] > 0 else { return nil }
        return devices[Int(places[index]) - 1]
    }
}

extension DeviceFleet {
    /// What a worker is told that hosts these clients.
    ///
    /// - Parameter elapsed: since the run began.
    public func hosted(_ clients: [ClientID], elapsed: Duration) -> HostedDevices {
        HostedDevices(
            elapsed: elapsed, beginning: beginning, devices: Array(devices.dropFirst()),
            places: devices.count > 1 ? clients.map { place(of: $0) } : [])
    }
}
