internal import Wire

/// How the beginning of a connection came out, before anybody judges it.
enum Handshake: Sendable {
    /// The two sides speak; the peer's certificate in DER, if it showed one, and what names the certificate that this side
    /// showed, if it is the coordinator's.
    case done(peerCertificate: [UInt8]?, ownBinding: [UInt8]?)
    /// They do not.
    case failed(HandshakeTrouble)
}

/// Why two sides did not come to speak.
enum HandshakeTrouble: Error, Sendable, Hashable {
    /// What is wrong with the peer's certificate, in words that follow "the certificate".
    case badPeerCertificate(String)
    /// The peer showed no certificate, though it was asked for one.
    case noPeerCertificate
    /// The peer will have a certificate, and this side has none.
    case certificateRequired
    /// The peer does not accept this side's certificate.
    case certificateRefused
    /// The peer does not speak TLS: what it said begins with these bytes.
    case noTLS
    /// The peer speaks this protocol without TLS.
    case plainPeer
    case tookTooLong(Duration)
    /// The peer went away. Who says nothing before that wanted nothing: a probe, for example.
    case closed(afterBytes: Bool)
    case other(String)
}
