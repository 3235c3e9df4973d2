internal import Diagnostics
internal import Glibc
internal import NIOCore
internal import NIOPosix
public import ServiceLifecycle

/// A service that ends when standard input does: whoever started this program holds the other end, so its death, however
/// it comes, ends the program too.
public struct InputWatch: Service {
    public init() {}

    public func run() async throws {
        let descriptor = dup(STDIN_FILENO)
        guard descriptor >= 0 else {
            throw Problem(.software, "standard input cannot be watched: \(String(cString: strerror(errno)))")
        }
        let channel = try await NIOPipeBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .takingOwnershipOfDescriptor(input: descriptor) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, Never>(wrappingChannelSynchronously: channel)
                }
            }
        do {
            try await cancelWhenGracefulShutdown {
                try await channel.executeThenClose { inbound in
                    for try await _ in inbound {}
                }
            }
        } catch is CancellationError {
            // The program ends for another reason.
        }
    }
}
