internal import Diagnostics
internal import Foundation
internal import HTTPTypes
internal import Hummingbird
public import Logging
internal import NIOCore
public import ServiceLifecycle

/// Answers those who watch over a daemon, over HTTP:
///
/// - `GET /livez`: 200 as long as the process answers
/// - `GET /readyz`: 200 while rounds go on, 503 before and after
///
/// Both with the state as JSON (``HealthState/Snapshot``).
public struct HealthService: Service {
    private let host: String
    private let port: Int
    private let state: HealthState
    private let logger: Logger
    private let listening: @Sendable (Int) -> Void

    /// - Parameter listening: told the port, once it listens.
    public init(
        host: String, port: Int, state: HealthState, logger: Logger, listening: @escaping @Sendable (Int) -> Void
    ) {
        self.host = host
        self.port = port
        self.state = state
        self.logger = logger
        self.listening = listening
    }

    public func run() async throws {
        let router = Router()
        router.get("/livez") { [state] _, _ in try Self.answer(state.snapshot, .ok) }
        router.get("/readyz") { [state] _, _ in
            let snapshot = state.snapshot
            return try Self.answer(snapshot, snapshot.isReady ? .ok : .serviceUnavailable)
        }
        let application = Application(
            router: router,
            configuration: .init(address: .hostname(host, port: port), serverName: "fed-coordinator"),
            onServerRunning: { [listening] channel in listening(channel.localAddress?.port ?? 0) }, logger: logger)
        do {
            try await application.run()
        } catch let error as IOError {
            throw Problem(
                .unavailable,
                "cannot listen on \(host):\(port) for those who ask after the state: \(error.description)",
                remedy: "choose another address or port with --health")
        }
    }

    private static func answer(_ snapshot: HealthState.Snapshot, _ status: HTTPResponse.Status) throws -> Response {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        encoder.keyEncodingStrategy = .convertToSnakeCase
        var headers = HTTPFields()
        headers[.contentType] = "application/json"
        return Response(
            status: status, headers: headers,
            body: .init(byteBuffer: ByteBuffer(bytes: try encoder.encode(snapshot))))
    }
}
