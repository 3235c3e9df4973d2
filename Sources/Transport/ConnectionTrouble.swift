internal import Glibc
internal import NIOCore
internal import NIOPosix

/// Says in a few words why a connection could not be made or was lost.
public enum ConnectionTrouble {
    /// For example `Connection refused`.
    public static func describe(_ error: any Error) -> String {
        switch error {
        case let error as NIOConnectionError:
            error.connectionErrors.first.map { describe($0.error) }
                ?? (error.dnsAError ?? error.dnsAAAAError).map { _ in "the name \(error.host) is not known" }
                ?? "no connection to \(error.host)"
        case let error as IOError: String(cString: strerror(error.errnoCode))
        case ChannelError.connectTimeout: "no answer"
        case is ChannelError: "the connection was closed"
        default: "\(error)"
        }
    }
}
