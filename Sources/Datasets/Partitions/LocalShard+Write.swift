import Diagnostics

extension LocalShard {
    /// Writes the two files, not compressed, so that ``load(folder:)`` reads them. Makes the folder if need be.
    ///
    /// - Parameter overwriting: whether files that are there already may be replaced.
    /// - Throws: a ``Problem`` of kind `usage` when there are files and `overwriting` is false, `software` when the
    ///   files cannot be written.
    public func write(folder path: String, overwriting: Bool = false) async throws {
        try await BlockingWork.run {
            let folder = DatasetFolder(path)
            for name in [Self.imagesName, Self.labelsName] {
                if !overwriting, let there = folder.find(name) {
                    throw Problem(
                        .usage, "the file is there already", at: there, remedy: "Choose another folder, or use --force."
                    )
                }
            }
            try WholeFile.makeFolder(path)
            try examples.imagesFile.write(path: path + "/" + Self.imagesName)
            try examples.labelsFile.write(path: path + "/" + Self.labelsName)
        }
    }
}
