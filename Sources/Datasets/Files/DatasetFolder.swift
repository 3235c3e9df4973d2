import Diagnostics
import Glibc

/// A folder with IDX files under MNIST's names, each compressed with gzip (`.gz`) or not.
public struct DatasetFolder: Sendable, Hashable {
    public let path: String

    public init(_ path: String) {
        // `data/` is `data`, and `/` stays.
        let end = path.lastIndex { $0 != "/" }
        self.path = end.map { String(path[...$0]) } ?? String(path.prefix(1))
    }

    /// The path of the file that is there under this name: not compressed if there is such a one, else compressed.
    public func find(_ name: String) -> String? {
        [path + "/" + name, path + "/" + name + ".gz"].first { access($0, F_OK) == 0 }
    }

    /// Whether all four files of a data set are there.
    public var isComplete: Bool {
        DatasetFile.mnist.allSatisfy { find($0.name) != nil }
    }

    /// Reads the file of this name. Blocks: not for the cooperative pool.
    ///
    /// - Throws: a ``Problem`` of kind `noInput` when it is not there, and those of ``IDXFile/read(path:dimensions:)``.
    public func read(_ file: DatasetFile) throws -> IDXFile {
        guard let found = find(file.name) else {
            throw missing([file.name])
        }
        return try IDXFile.read(path: found, dimensions: file.dimensions)
    }

    /// What to say when files of these names are not in the folder.
    func missing(_ names: [String]) -> Problem {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
            return Problem(.noInput, "there is no such folder", at: path, remedy: remedy)
        }
        return Problem(
            .noInput, "the folder has no \(names.joined(separator: ", no ")), compressed (.gz) or not", at: path,
            remedy: remedy)
    }

    private var remedy: String {
        "Name the folder of the data with --data or FED_DATA_DIR, or put MNIST there: fed data fetch --data "
            + path.shellWord
    }
}
