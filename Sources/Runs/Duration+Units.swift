extension Duration {
    package var seconds: Double { self / .seconds(1) }

    package var milliseconds: Int64 {
        components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
    }
}
