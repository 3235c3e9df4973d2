import Runs

/// Who is told how a run goes on.
protocol RunObserver: Sendable {
    func take(_ progress: RunProgress)

    /// A message for people.
    func note(_ message: String)

    /// One of the run's processes has been started.
    func began(_ process: RunProcess)
}

extension RunObserver {
    func began(_ process: RunProcess) {}
}
