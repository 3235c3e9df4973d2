extension Duration {
    /// Without fractions of a nanosecond, as many as an Int64 holds: those of 292 years.
    package var nanoseconds: Int64 {
        let (product, overflow) = components.seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, overflows) = product.addingReportingOverflow(components.attoseconds / 1_000_000_000)
        return overflow || overflows ? .max : sum
    }

    /// Without fractions of a millisecond.
    package var milliseconds: Int64 {
        components.seconds * 1_000 + components.attoseconds / 1_000_000_000_000_000
    }
}
