/// The protocol between coordinator and workers; <doc:Protocol> describes it so that a client can be written in any
/// language.
public enum Wire {
    /// The one version of the protocol that this module speaks.
    public static let version: UInt16 = 3
    /// The versions that this module speaks, for a ``Hello``.
    public static let versions: ClosedRange<UInt16> = 3...3
    /// What each side sends before its first frame. The first byte is none that text begins with, the line ends show
    /// a connection that changes them (as PNG's signature does).
    public static let preface: [UInt8] = [0x89, 0x46, 0x45, 0x44, 0x0D, 0x0A, 0x1A, 0x0A]

    /// The highest version that both sides speak.
    ///
    /// - Throws: ``WireError/Code/versionMismatch`` when there is none.
    public static func commonVersion(
        with peer: ClosedRange<UInt16>, own: ClosedRange<UInt16> = versions
    ) throws(WireError) -> UInt16 {
        let version = min(peer.upperBound, own.upperBound)
        guard version >= max(peer.lowerBound, own.lowerBound) else {
            throw WireError(
                .versionMismatch,
                "this side speaks versions \(own.lowerBound) to \(own.upperBound) of the protocol, "
                    + "the other \(peer.lowerBound) to \(peer.upperBound)")
        }
        return version
    }
}
