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
        let isOnAndOff = section.has("on_for") || section.has("off_for")
        if isOnAndOff, values.optionalDuration("on_for") == nil || values.duration("off_for") == .zero {
            section.refuse(
                section.has("on_for") ? "on_for" : "off_for", with: "on_for",
                "goes with \(section.has("on_for") ? "off_for" : "on_for"): a device is on for some time, and off for some"
            )
        }
        if isOnAndOff, section.has("hours") {
            section.refuse(
                "hours", with: "on_for", "does not go with on_for and off_for", remedy: "Keep one of the two.")
        }
        if section.has("share"), section.has("clients") {
            section.refuse(
                "clients", with: "share", "and \"share\" say the same thing twice", remedy: "Keep one of the two.")
        }
        return DeviceRule(
            Device(values), clients: clients.map { .these(Array($0.clients)) } ?? .share(share ?? 1))
    }
}
