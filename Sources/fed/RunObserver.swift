import Coordinator

/// Who is told what the processes of a ``LocalRun`` print.
protocol RunObserver: Sendable {
    /// A line of the coordinator's; what it says, unless it is no progress.
    func take(_ line: String) -> RunProgress?

    /// A message for people.
    func note(_ message: String)
}
