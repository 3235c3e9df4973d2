import Federation
import RunStore
import Scenarios

extension Scenario {
    /// Why no round follows this one, if its model says so.
    ///
    /// - Parameter patience: with all rounds before, in their order.
    func end(after round: RoundRecord, _ patience: inout Patience?) -> RunEnd? {
        if let accuracy = round.validationAccuracy { patience?.note(accuracy) }
        if let target = endingAccuracy, round.testAccuracy >= target { return .target }
        return patience?.isOver == true ? .patience : nil
    }
}
