internal import NIOCore
public import Wire

/// The messages of a peer, in order, without pings and pongs: those the connection answers itself.
///
/// After the header of a model or an update nothing is read until the next message is asked for: who first waits for room
/// leaves the transfer's bytes with the peer.
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
        private var holdsTransfer = false

        init(inbound: NIOAsyncChannelInboundStream<Message>.AsyncIterator, connection: PeerConnection) {
            self.inbound = inbound
            self.connection = connection
        }

        public mutating func next() async throws -> Message? {
            if holdsTransfer {
                holdsTransfer = false
                connection.readOn()
            }
            while let message = try await inbound.next() {
                connection.heard()
                switch message {
                case .ping(let ping): connection.send(.pong(Pong(nonce: ping.nonce)))
                case .pong: break
                case .modelHeader, .modelRest, .updateHeader:
                    holdsTransfer = true
                    return message
                default: return message
                }
            }
            return nil
        }
    }
}
