import Diagnostics
import Glibc

extension IDXFile {
    /// Writes the file, not compressed. It appears under its name only when it is whole. Blocks: not for the
    /// cooperative pool.
    ///
    /// - Throws: a ``Problem`` of kind `software` when it cannot be written.
    public func write(path: String) throws {
        try WholeFile.write([header, [UInt8](elements)], path: path)
    }
}
