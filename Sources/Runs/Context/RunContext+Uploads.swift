import Federation
import Learning
import Parameters
import Scenarios

extension RunContext {
    /// How many updates come at once over links as slow as the scenario says, so that none waits for another: those of a round, as
    /// far as they fit into so much memory, two models for each. 0 where links are no slower than they are.
    public var slowUploads: Int {
        guard scenario.devices.contains(where: { $0.device.up != nil }) else { return 0 }
        return min(scenario.selected, Self.uploadMemory / (2 * max(1, model.layout.byteCount)))
    }

    private static let uploadMemory = 256 << 20
}
