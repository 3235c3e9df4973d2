import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// A real HTTP server on loopback whose folders are mirrors that behave in different ways.
final class MirrorServer: Sendable {
    /// How a mirror behaves.
    enum Behaviour: String, CaseIterable {
        /// Gives the files.
        case good
        /// Gives the files without saying how long they are.
        case chunked
        /// Has no files.
        case missing
        /// Gives bytes that are no file.
        case wrong
        /// Gives a sound file of the same format that is another one.
        case other
        /// Closes the connection in the middle of a file.
        case truncated
        /// Falls silent in the middle of a file.
        case stalling
        /// Gives a byte now and then, without an end.
        case dripping
        /// Sends the client to `good`.
        case moved
    }

    private let channel: any Channel
    private let log: Log

    /// What was asked for.
    final class Log: Sendable {
        private let paths = Mutex<[String]>([])

        func append(_ path: String) { paths.withLock { $0.append(path) } }
        var all: [String] { paths.withLock { $0 } }
    }

    /// - Parameters:
    ///   - files: what mirrors have, by name, the name as in the address.
    ///   - other: what the mirror `other` gives.
    init(files: [String: [UInt8]], other: [UInt8] = []) async throws {
        let log = Log()
        self.log = log
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(Handler(files: files, other: other, log: log))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
    }

    /// The address of the mirror that behaves so.
    func mirror(_ behaviour: Behaviour) -> String {
        "http://127.0.0.1:\(channel.localAddress?.port ?? 0)/\(behaviour.rawValue)/"
    }

    /// The paths that were asked for, in their order.
    var requests: [String] { log.all }

    func close() async throws {
        try await channel.close()
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = HTTPServerResponsePart

        let files: [String: [UInt8]]
        let other: [UInt8]
        let log: Log

        init(files: [String: [UInt8]], other: [UInt8], log: Log) {
            self.files = files
            self.other = other
            self.log = log
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            guard case .head(let head) = unwrapInboundIn(data) else { return }
            log.append(head.uri)
            let parts = head.uri.split(separator: "/")
            let file = parts.last.flatMap { files[String($0)] }
            guard let behaviour = parts.first.flatMap({ Behaviour(rawValue: String($0)) }), let file else {
                return respond(context, .notFound)
            }
            switch behaviour {
            case .good: respond(context, .ok, file, length: file.count)
            case .chunked: respond(context, .ok, file)
            case .missing: respond(context, .notFound)
            case .wrong: respond(context, .ok, Array(file.reversed()), length: file.count)
            case .other: respond(context, .ok, other, length: other.count)
            case .truncated:
                respond(context, .ok, Array(file.prefix(file.count / 2)), length: file.count, end: false)
                context.close(promise: nil)
            case .stalling:
                respond(context, .ok, Array(file.prefix(file.count / 2)), length: file.count, end: false)
            case .dripping:
                respond(context, .ok, [], length: 1 << 40, end: false)
                let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
                context.eventLoop.scheduleRepeatedTask(initialDelay: .zero, delay: .milliseconds(10)) { task in
                    guard bound.value.channel.isActive else { return task.cancel() }
                    let byte = HTTPServerResponsePart.body(.byteBuffer(ByteBuffer(bytes: [0])))
                    bound.value.writeAndFlush(NIOAny(byte), promise: nil)
                }
            case .moved:
                let target = "/good/" + (parts.last ?? "")
                var head = HTTPResponseHead(version: .http1_1, status: .movedPermanently)
                head.headers = ["Location": target, "Content-Length": "0"]
                context.write(wrapOutboundOut(.head(head)), promise: nil)
                context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
            }
        }

        private func respond(
            _ context: ChannelHandlerContext, _ status: HTTPResponseStatus, _ body: [UInt8] = [], length: Int? = nil,
            end: Bool = true
        ) {
            var head = HTTPResponseHead(version: .http1_1, status: status)
            if let length {
                head.headers.add(name: "Content-Length", value: String(length))
            }
            context.write(wrapOutboundOut(.head(head)), promise: nil)
            context.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: body)))), promise: nil)
            if end {
                context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
            }
        }
    }
}
