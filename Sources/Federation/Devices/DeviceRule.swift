/// Which clients have a device.
public struct DeviceRule: Sendable, Hashable {
    public let device: Device
    public let clients: Clients

    public enum Clients: Sendable, Hashable {
        /// A part of the population, from 0 to 1: the clients that no other rule names are counted off in an order that the seed
        /// draws, one share after the other, as far as there are any left.
        case share(Double)
        /// Ascending.
        case these([ClientID])
    }

    public init(_ device: Device, clients: Clients) {
        self.device = device
        self.clients = clients
    }
}
