/// What ``eventually(within:_:)`` throws when its deadline has passed.
public struct DeadlinePassed: Error {
    public init() {}
}

/// Waits until `condition` holds, asking again every few milliseconds, and throws ``DeadlinePassed`` when it still
/// does not after `limit`.
public func eventually(
    within limit: Duration = .seconds(30), _ condition: () async throws -> Bool
) async throws {
    let deadline = ContinuousClock.now + limit
    while try await !condition() {
        guard ContinuousClock.now < deadline else { throw DeadlinePassed() }
        try await Task.sleep(for: .milliseconds(5))
    }
}
