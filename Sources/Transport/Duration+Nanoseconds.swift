extension Duration {
    /// As many as an Int64 holds.
    var nanoseconds: Int64 {
        let (seconds, isTooLong) = components.seconds.multipliedReportingOverflow(by: 1_000_000_000)
        return isTooLong ? .max : seconds &+ components.attoseconds / 1_000_000_000
    }
}
