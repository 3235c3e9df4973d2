internal import NIOCore
public import Wire

/// The messages of a peer, in order, without pings and pongs: those the connection answers itself.
///
/// It ends when the peer has closed the connection, and throws a ``WireError`` for bytes that are no message.
public struct Inbox: AsyncSequence, Sendable {
    public typealias Element = Message
    public typealias Failure = any Error

    let inbound: NIOAsyncChannelInboundStream<Message>
    let connection: PeerConnection

    public func makeAsyncIterator() -> Iterator {
        Iterator(inbound: inbound.makeAsyncIterator(), connection: connection)
    }

    public struct Iterator: AsyncIteratorProtocol {
        var inbound: NIOAsyncChannelInboundStream<Message>.AsyncIterator
        let connection: PeerConnection

        public mutating func next() async throws -> Message? {
            while let message = try await inbound.next() {
                connection.heard()
                switch message {
                case .ping(let ping): connection.send(.pong(Pong(nonce: ping.nonce)))
                case .pong: break
                default: return message
                }
            }
            return nil
        }
    }
}
