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

extension Table.Cell {
    /// A share or an accuracy, 0 to 1; `-` where there is none.
    static func percent(_ share: Double?) -> Table.Cell { Table.Cell(share.map { NumberFormat.percent($0) } ?? "-") }
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
