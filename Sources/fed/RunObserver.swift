import Runs

/// Who is told how a run goes on.
protocol RunObserver: Sendable {
    func take(_ progress: RunProgress)

    /// A message for people.
    func note(_ message: String)
}
