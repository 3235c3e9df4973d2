public import Identity

/// What a connection's handshake has shown about the peer, and about the connection itself.
public struct PeerCredentials: Sendable {
    /// The peer's certificate; `nil` where none was asked for, and on the worker's side.
    public let certificate: IssuedCertificate?
    /// SHA-256 of the coordinator's certificate, the same on both sides unless somebody stands between them
    /// (`tls-server-end-point`, RFC 5929, section 4.1: the certificates of this project are signed with SHA-256); `nil`
    /// without TLS.
    public let channelBinding: [UInt8]?

    /// The clients that the peer's certificate allows it to host; `nil` where no certificate was asked for.
    public var clients: ClientSet? { certificate?.clients }

    /// Of a connection without TLS.
    static let none = PeerCredentials(certificate: nil, channelBinding: nil)
}
