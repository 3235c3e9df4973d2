extension Duration {
    var seconds: Double { self / .seconds(1) }

    var milliseconds: Int64 {
        components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
    }
}
