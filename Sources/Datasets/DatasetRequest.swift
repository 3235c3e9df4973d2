public import Foundation

/// Which data set is wanted, and what may be done to have it.
public struct DatasetRequest: Sendable {
    /// `folder` looks for files as `mnist` does, but takes what is there and neither downloads nor draws.
    public var kind: DatasetKind
    /// The folder that the user named (`--data`); when it is there, nothing else is looked at.
    public var folder: String?
    public var allowDownload: Bool
    /// Whether digits that the program draws may stand in for MNIST where there is neither MNIST nor a network.
    public var allowDrawnDigits: Bool
    /// How many digits to draw for training and for testing; at least 1 each.
    public var drawnExamples: (train: Int, test: Int)
    /// Where to download from and how long to wait.
    public var download: MNISTDownload
    /// What folders the environment names: `FED_DATA_DIR`, `XDG_CACHE_HOME`, `HOME`.
    public var environment: [String: String]

    /// - Parameter environment: also names the mirrors, by `FED_MNIST_MIRRORS`, unless `download` is given.
    public init(
        kind: DatasetKind = .mnist, folder: String? = nil, allowDownload: Bool = true, allowDrawnDigits: Bool = false,
        drawnExamples: (train: Int, test: Int) = (60_000, 10_000), download: MNISTDownload? = nil,
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) {
        self.kind = kind
        self.folder = folder
        self.allowDownload = allowDownload
        self.allowDrawnDigits = allowDrawnDigits
        self.drawnExamples = drawnExamples
        self.download = download ?? MNISTDownload(environment: environment)
        self.environment = environment
    }

    /// The folder that the user set on purpose: `--data`, else `FED_DATA_DIR`.
    public var namedFolder: String? {
        folder ?? environment["FED_DATA_DIR"].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// Where downloads are kept: `$XDG_CACHE_HOME/fed/mnist`, else `~/.cache/fed/mnist`; `nil` where the environment
    /// names neither.
    public var cacheFolder: String? {
        // The XDG base directory specification has relative paths ignored.
        if let cache = environment["XDG_CACHE_HOME"], cache.hasPrefix("/") {
            return cache + "/fed/mnist"
        }
        return environment["HOME"].flatMap { $0.hasPrefix("/") ? $0 + "/.cache/fed/mnist" : nil }
    }
}
