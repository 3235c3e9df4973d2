internal import NIOCore
internal import Synchronization
package import Wire

/// The connections that a listener has at the moment, in all and from each address, within its limits.
package final class ConnectionCount: Sendable {
    private struct State {
        var all = 0
        var byAddress: [String: Int] = [:]
    }

    private let limits: WireLimits
    private let state = Mutex(State())

    package init(limits: WireLimits) {
        self.limits = limits
    }

    /// Counts a connection in; to be followed by ``leave(_:)`` whatever the answer.
    ///
    /// - Parameter address: the peer's, without its port.
    /// - Returns: why it is one too many; `nil` if it is welcome.
    package func enter(_ address: String) -> WireError? {
        state.withLock { state in
            state.all += 1
            state.byAddress[address, default: 0] += 1
            if state.all > limits.connections {
                return WireError(.tooManyConnections, "there are \(limits.connections) connections already")
            }
            // This machine's own are bounded by the limit for all.
            if !Self.isLoopback(address), state.byAddress[address] ?? 0 > limits.connectionsPerAddress {
                return WireError(
                    .tooManyConnections, "there are \(limits.connectionsPerAddress) connections from \(address) already"
                )
            }
            return nil
        }
    }

    package func leave(_ address: String) {
        state.withLock { state in
            state.all -= 1
            let left = (state.byAddress[address] ?? 1) - 1
            state.byAddress[address] = left > 0 ? left : nil
        }
    }

    /// The address of a channel's peer, without its port.
    static func address(of channel: any Channel) -> String {
        channel.remoteAddress?.ipAddress ?? "unknown"
    }

    /// Whether it is this machine's own; a listener for both versions of IP shows those of version 4 as `::ffff:127.0.0.1`.
    static func isLoopback(_ address: String) -> Bool {
        let mapped = "::ffff:"
        let host = address.hasPrefix(mapped) ? String(address.dropFirst(mapped.count)) : address
        return Endpoint(host: host, port: 0).isLoopback
    }
}
