import AsyncHTTPClient
import Diagnostics
import NIOCore
import NIOHTTP1
import NIOPosix

/// One file on its way from one mirror.
struct MirrorTransfer: Sendable {
    let client: HTTPClient
    let mirror: String
    let file: DatasetFile
    let limits: MNISTDownload.Limits

    /// The bytes as they came, not checked.
    ///
    /// - Parameter progress: is told the bytes so far, and all, where the mirror says how many.
    /// - Throws: a ``Problem`` of kind `unavailable`, or `CancellationError`.
    func run(progress: @escaping @Sendable (Int, Int?) -> Void) async throws -> [UInt8] {
        // The client's own deadline ends with the response's head, so the body is watched from here.
        try await withThrowingTaskGroup(of: [UInt8].self) { group in
            group.addTask { try await receive(progress) }
            group.addTask {
                try await Task.sleep(for: limits.file)
                throw Problem(.unavailable, "the file has not come within \(limits.file)", at: mirror)
            }
            defer { group.cancelAll() }
            return try await group.next() ?? []
        }
    }

    private func receive(_ progress: (Int, Int?) -> Void) async throws -> [UInt8] {
        do {
            var request = HTTPClientRequest(url: mirror + (mirror.hasSuffix("/") ? "" : "/") + file.name + ".gz")
            request.headers.add(name: "User-Agent", value: "fed")
            let response = try await client.execute(request, timeout: TimeAmount(limits.file))
            guard response.status == .ok else {
                throw Problem(
                    .unavailable, "the mirror answers \(response.status.code) \(response.status.reasonPhrase)",
                    at: mirror)
            }
            let total = response.headers.first(name: "Content-Length").flatMap(Int.init)
            var bytes: [UInt8] = []
            for try await piece in response.body {
                guard bytes.count + piece.readableBytes <= limits.bytes else {
                    throw Problem(.unavailable, "the file is larger than \(limits.bytes) bytes", at: mirror)
                }
                bytes.append(contentsOf: piece.readableBytesView)
                progress(bytes.count, total)
            }
            return bytes
        } catch let problem as Problem {
            throw problem
        } catch let cancellation as CancellationError {
            throw cancellation
        } catch {
            try Task.checkCancellation()
            throw Problem(.unavailable, reason(error), at: mirror)
        }
    }

    private static let closedTooEarly = "the connection was closed before the file had come whole"

    private func reason(_ error: any Error) -> String {
        switch error {
        case let error as NIOConnectionError where error.connectionErrors.isEmpty:
            "the host \(error.host) is not known, or there is no network"
        case let error as NIOConnectionError:
            "no connection to \(error.host), port \(error.port)"
        case HTTPParserError.invalidEOFState: Self.closedTooEarly
        case let error as HTTPClientError: reason(error)
        default: String(describing: error)
        }
    }

    private func reason(_ error: HTTPClientError) -> String {
        switch error {
        case .readTimeout: "no bytes came for \(limits.stalling)"
        case .connectTimeout: "no connection within \(limits.connecting)"
        case .deadlineExceeded: "no answer within \(limits.file)"
        case .remoteConnectionClosed: Self.closedTooEarly
        case .invalidURL, .emptyHost, .emptyScheme: "this is not an address that begins with http:// or https://"
        default: error.shortDescription
        }
    }
}
