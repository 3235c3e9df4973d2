import Federation
public import RunStore
public import Scenarios

/// What becomes in a run of the clients with one kind of device.
public struct DeviceFairness: Sendable, Hashable, Codable {
    /// Its place in the scenario: `devices[1]`; `no device` for the clients that no rule names.
    public var device: String
    /// What makes it another than the standard device: `speed 0.1, up 1Mbit`; empty if nothing does.
    public var settings: String
    /// How many clients have one.
    public var clients: Int
    /// How often they were asked for an update.
    public var asked: Int
    /// How many of their updates are part of a model.
    public var counted: Int
    /// The examples behind these, in each round again.
    public var examples: Int64
    /// Their part of the clients, of the updates that count and of the examples behind them, 0 to 1; `nil` where there are none.
    public var clientShare: Double
    public var updateShare: Double?
    public var exampleShare: Double?
    /// How often there was no update, by reason.
    public var failures: [String: Int]
    /// The mean over them of the accuracy of the global model on what each holds out; `nil` where none evaluates it.
    public var globalAccuracy: Double?
    /// The same of their own models.
    public var personalAccuracy: Double?

    /// What the clients of a device come to together.
    ///
    /// - Parameter all: how many clients the run has.
    fileprivate init(_ device: String, _ settings: String, _ clients: [ClientParticipation], of all: Int) {
        func sum<Value: AdditiveArithmetic>(_ value: (ClientParticipation) -> Value?) -> Value? {
            let found = clients.compactMap(value)
            return found.isEmpty ? nil : found.reduce(.zero, +)
        }
        func mean(_ value: (ClientParticipation) -> Double?) -> Double? {
            ClientSpread(clients.compactMap(value))?.mean
        }
        self.device = device
        self.settings = settings
        self.clients = clients.count
        asked = sum(\.asked) ?? 0
        counted = sum(\.counted) ?? 0
        examples = sum(\.examples) ?? 0
        clientShare = Double(clients.count) / Double(all)
        updateShare = sum(\.updateShare)
        exampleShare = sum(\.exampleShare)
        failures = clients.reduce(into: [:]) { $0.merge($1.failures, uniquingKeysWith: +) }
        globalAccuracy = mean(\.globalAccuracy)
        personalAccuracy = mean(\.personalAccuracy)
    }
}

extension Participation {
    /// The devices of the scenario, with what becomes of their clients, in the order of the rules; those that no client has are
    /// not among them. None where the scenario has no devices. Each client is given the name of its own.
    ///
    /// - Parameter scenario: the run's.
    public mutating func assign(devicesOf scenario: Scenario) -> [DeviceFairness] {
        guard !scenario.devices.isEmpty else { return [] }
        let fleet = scenario.fleet
        var groups = [[Int]](repeating: [], count: scenario.devices.count + 1)
        for place in clients.indices where place < scenario.clients {
            groups[Int(fleet.place(of: clients[place].client))].append(place)
        }
        // The clients that no rule names come last.
        let order = Array(1...scenario.devices.count) + [0]
        return order.filter { !groups[$0].isEmpty }.map { rule in
            let name = rule == 0 ? "no device" : "devices[\(rule)]"
            if rule > 0 { for place in groups[rule] { clients[place].device = name } }
            return DeviceFairness(
                name, rule == 0 ? "" : scenario.devices[rule - 1].device.summary, groups[rule].map { clients[$0] },
                of: clients.count)
        }
    }
}
