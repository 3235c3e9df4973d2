import Foundation

/// The system's openssl, as an independent judge.
enum OpenSSL {
    private static let path = "/usr/bin/openssl"
    static let isThere = FileManager.default.isExecutableFile(atPath: path)

    static func run(_ arguments: String...) async throws -> Bool {
        try await run(arguments)
    }

    /// Whether it ended with 0.
    static func run(_ arguments: [String]) async throws -> Bool {
        let process = Process()
        process.executableURL = URL(filePath: path)
        process.arguments = arguments
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        return try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Bool, any Error>) in
            process.terminationHandler = { continuation.resume(returning: $0.terminationStatus == 0) }
            do { try process.run() } catch { continuation.resume(throwing: error) }
        }
    }
}
