import Federation

/// A client's device is gone: its worker ends the connection, and comes back when the device does.
enum DeviceAbsence: Error {
    /// Until this moment; `nil`: for ever.
    case switchedOff(until: ContinuousClock.Instant?)
    /// With all that it has trained.
    case vanished(until: ContinuousClock.Instant?)
    case cut

    /// When it is back; `nil`: never.
    var back: ContinuousClock.Instant? {
        switch self {
        case .switchedOff(let until), .vanished(let until): until
        case .cut: .now + Device.reconnection
        }
    }

    /// For people.
    var text: String {
        switch self {
        case .switchedOff: "its device is switched off"
        case .vanished: "its device vanishes"
        case .cut: "its connection is cut"
        }
    }
}
