public import Identity

/// What a connection's handshake has shown about the peer, and about the connection itself.
public struct PeerCredentials: Sendable {
    /// The clients that the peer's certificate allows it to host; `nil` where no certificate was asked for.
    public let clients: ClientSet?
    /// The number of the peer's certificate.
    public let serialNumber: String?
    /// SHA-256 of the coordinator's certificate, the same on both sides unless somebody stands between them
    /// (`tls-server-end-point`, RFC 5929, section 4.1: the certificates of this project are signed with SHA-256); `nil`
    /// without TLS.
    public let channelBinding: [UInt8]?

    /// Of a connection without TLS.
    static let none = PeerCredentials(clients: nil, serialNumber: nil, channelBinding: nil)
}
