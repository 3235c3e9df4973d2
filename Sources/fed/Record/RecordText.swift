import Foundation
import RunStore
import Terminal

extension RunStatus {
    /// The status in its colour.
    var cell: Table.Cell {
        switch self {
        case .running: Table.Cell(rawValue, .cyan)
        case .finished: Table.Cell(rawValue, .green)
        case .stopped: Table.Cell(rawValue, .yellow)
        case .failed: Table.Cell(rawValue, .red)
        }
    }
}

extension Date {
    /// `2025-01-31 09:05`, UTC.
    var minuteText: String {
        String(RecordTime.text(self).prefix(16)).replacing("T", with: " ")
    }

    /// `2025-01-31 09:05:07`, UTC.
    var secondText: String {
        String(RecordTime.text(self).prefix(19)).replacing("T", with: " ")
    }
}
