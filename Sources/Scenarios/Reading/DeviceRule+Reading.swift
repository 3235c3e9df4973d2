import Federation
import Identity
import Settings

extension DeviceRule {
    /// The schema of an item of `devices`.
    static func read(_ section: Section) -> DeviceRule {
        let share = section.read(
            "share", .number(.above(0, upTo: 1)), otherwise: "what clients says, or all that are left",
            "the part of the clients that has such a device, drawn by the seed; the shares follow one another")
        let clients = section.read(
            "clients", .clients, otherwise: "what share says", "the clients that have one, for example 0..9,12")
        var values = SettingValues(Device.settings)
        section.read(Device.settings, into: &values)
        if section.has("share"), section.has("clients") {
            section.refuse(
                "clients", with: "share", "and \"share\" say the same thing twice", remedy: "Keep one of the two.")
        }
        return DeviceRule(
            Device(values), clients: clients.map { .these(Array($0.clients)) } ?? .share(share ?? 1))
    }
}
