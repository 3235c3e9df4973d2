import AsyncHTTPClient
import Diagnostics
import NIOCore

/// Downloads the four files of MNIST from the first mirror that has them whole and right.
public struct MNISTDownload: Sendable {
    /// Addresses of folders that have the files, compressed with `.gz` at the end of their names.
    public var mirrors: [String]
    /// What to download.
    public var files: [DatasetFile]
    public var limits: Limits

    /// How long to wait, and for how much.
    public struct Limits: Sendable {
        /// Until a connection stands.
        public var connecting: Duration
        /// For the next bytes.
        public var stalling: Duration
        /// For one file from one mirror.
        public var file: Duration
        /// The size of one file as it comes.
        public var bytes: Int

        public init(
            connecting: Duration = .seconds(8), stalling: Duration = .seconds(20), file: Duration = .seconds(600),
            bytes: Int = 64 << 20
        ) {
            self.connecting = connecting
            self.stalling = stalling
            self.file = file
            self.bytes = bytes
        }
    }

    public static let publicMirrors = [
        "https://ossci-datasets.s3.amazonaws.com/mnist/",
        "https://storage.googleapis.com/cvdf-datasets/mnist/",
    ]

    public init(
        mirrors: [String] = publicMirrors, files: [DatasetFile] = DatasetFile.mnist, limits: Limits = Limits()
    ) {
        self.mirrors = mirrors
        self.files = files
        self.limits = limits
    }

    /// Downloads from the mirrors that `FED_MNIST_MIRRORS` lists, with spaces or commas between them; from the public
    /// ones where it lists none.
    public init(environment: [String: String]) {
        let listed = (environment["FED_MNIST_MIRRORS"] ?? "").split { $0 == "," || $0 == " " }.map(String.init)
        self.init(mirrors: listed.isEmpty ? Self.publicMirrors : listed)
    }

    /// Sees to it that `folder` has the files, each with the right checksum. Those that are there and right stay; the
    /// others appear under their names when they are whole and checked.
    ///
    /// - Parameters:
    ///   - replacing: whether files that are there and are not MNIST's may be replaced.
    ///   - progress: is called from any thread.
    /// - Returns: the names of the files that were downloaded.
    /// - Throws: a ``Problem``: `unavailable` when no mirror gives a file, `data` when another file lies in its place,
    ///   `software` when the folder cannot be written; or `CancellationError`.
    @discardableResult
    public func fetch(
        into folder: DatasetFolder, replacing: Bool,
        progress: @escaping @Sendable (DatasetProgress) -> Void = { _ in }
    ) async throws -> [String] {
        var missing: [DatasetFile] = []
        for file in files where try await !isPresent(file, in: folder, replacing: replacing) {
            missing.append(file)
        }
        guard !missing.isEmpty else { return [] }
        try await BlockingWork.run { try WholeFile.makeFolder(folder.path) }

        var configuration = HTTPClient.Configuration(
            timeout: .init(connect: TimeAmount(limits.connecting), read: TimeAmount(limits.stalling)))
        // A mirror that refuses connections is passed over at once.
        configuration.connectionPool.retryConnectionEstablishment = false
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        do {
            var mirrors = mirrors
            for file in missing {
                let used = try await download(file, from: mirrors, into: folder, client, progress)
                progress(.downloaded(file: file.name))
                // The mirror that had this file is asked first for the next one.
                mirrors.insert(mirrors.remove(at: used), at: 0)
            }
        } catch {
            try? await client.shutdown()
            throw error
        }
        try? await client.shutdown()
        return missing.map(\.name)
    }

    private func isPresent(_ file: DatasetFile, in folder: DatasetFolder, replacing: Bool) async throws -> Bool {
        try await BlockingWork.run {
            guard let path = folder.find(file.name) else { return false }
            let md5 = (try? IDXFile.read(path: path, dimensions: file.dimensions))?.md5
            guard md5 == file.md5 || replacing else {
                throw Problem(
                    .data, "the file is not MNIST's (its MD5 is \(md5 ?? "not to be had: it is damaged"))", at: path,
                    remedy: "Move it away, choose another folder, or have it replaced with --force.")
            }
            return md5 == file.md5
        }
    }

    /// - Returns: the place of the mirror that had the file.
    private func download(
        _ file: DatasetFile, from mirrors: [String], into folder: DatasetFolder, _ client: HTTPClient,
        _ progress: @escaping @Sendable (DatasetProgress) -> Void
    ) async throws -> Int {
        var failures: [String] = []
        for (place, mirror) in mirrors.enumerated() {
            do {
                let transfer = MirrorTransfer(client: client, mirror: mirror, file: file, limits: limits)
                let bytes = try await transfer.run { received, total in
                    progress(.downloading(file: file.name, mirror: mirror, bytes: received, total: total))
                }
                try await BlockingWork.run { try keep(bytes, as: file, in: folder, mirror: mirror) }
                return place
            } catch let problem as Problem where problem.kind == .unavailable {
                progress(.mirrorFailed(file: file.name, mirror: mirror, reason: problem))
                failures.append("\(mirror): \(problem.what)")
            }
        }
        let reasons = failures.isEmpty ? "no mirror is named" : failures.joined(separator: "; ")
        throw Problem(
            .unavailable, "MNIST cannot be downloaded (\(reasons))", at: file.name,
            remedy: "Name a folder that has MNIST with --data or FED_DATA_DIR, or other mirrors with FED_MNIST_MIRRORS."
        )
    }

    /// Checks what came and gives it its name.
    private func keep(_ bytes: [UInt8], as file: DatasetFile, in folder: DatasetFolder, mirror: String) throws {
        let isGzip = bytes.starts(with: [0x1f, 0x8b])
        let plain = folder.path + "/" + file.name
        let (path, other) = isGzip ? (plain + ".gz", plain) : (plain, plain + ".gz")
        try WholeFile.write([bytes], path: path) { temporary in
            let md5: String
            do {
                md5 = try IDXFile.read(path: temporary, dimensions: file.dimensions).md5
            } catch {
                let problem = error as? Problem ?? Problem(.software, "\(error)")
                guard problem.kind == .data else { return problem }
                return Problem(.unavailable, "what came is not the file: \(problem.what)", at: mirror)
            }
            guard md5 != file.md5 else { return nil }
            return Problem(.unavailable, "what came is not MNIST's: its MD5 is \(md5), not \(file.md5)", at: mirror)
        }
        WholeFile.remove(other)
    }
}
