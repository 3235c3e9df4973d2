import Diagnostics
import Learning

extension IDXFile {
    /// The most elements that a file may have: far above every data set that is in use, and little enough to hold.
    static let largestElements = 1 << 31

    /// The most bytes that deflate makes of one (RFC 1951 allows 258 bytes for two bits).
    private static let largestRatio = 1032

    /// Reads a file, decompressing it if it is in gzip's format; one that is not stays where it is and is mapped. Memory is
    /// taken only for what its header promises, and only when the file is large enough to hold that. Blocks: not for the cooperative pool.
    ///
    /// - Parameter dimensions: how many dimensions the file must have: 3 for images, 1 for labels.
    /// - Throws: a ``Problem`` with the file, the offset and the remedy: of kind `noInput` when the file is not there
    ///   or cannot be read, `data` when it is not what it should be. Offsets count the uncompressed bytes unless the
    ///   problem says otherwise.
    public static func read(path: String, dimensions rank: Int) throws -> IDXFile {
        let file = try InflatingFile(path: path)
        let dimensions = try readHeader(file, rank: rank)
        let headerSize = file.offset

        var count = 1
        for size in dimensions {
            let (product, overflow) = count.multipliedReportingOverflow(by: size)
            guard !overflow, product <= largestElements else {
                throw Self.problem(
                    "the header promises \(dimensions.map(String.init).joined(separator: " × ")) bytes, "
                        + "more than can be handled",
                    path, offset: 4)
            }
            count = product
        }
        if file.isGzip {
            guard count <= file.fileSize * largestRatio else {
                throw problem(
                    "the header promises \(count) bytes, more than \(file.fileSize) compressed bytes can hold", path,
                    offset: 4)
            }
        } else {
            let present = file.fileSize - headerSize
            guard present >= count else {
                throw problem(
                    "the file ends after \(present) of the \(count) bytes that its header promises", path,
                    offset: file.fileSize)
            }
            guard present == count else {
                throw problem(
                    "the file goes on for \(present - count) bytes after the \(count) that its header promises", path,
                    offset: headerSize + count)
            }
        }

        if let elements = file.map(headerSize..<headerSize + count) {
            return IDXFile(dimensions: dimensions, elements: elements)
        }
        let elements = try Bytes(count: count) { buffer in
            let filled = try file.read(into: buffer)
            guard filled == count else {
                throw problem(
                    "the file ends after \(filled) of the \(count) bytes that its header promises", path,
                    offset: file.offset)
            }
        }
        // Reading on is also what makes zlib compare the checksum.
        var excess: UInt8 = 0
        guard try withUnsafeMutableBytes(of: &excess, { try file.read(into: $0) }) == 0 else {
            throw problem(
                "the file goes on after the \(count) bytes that its header promises", path, offset: headerSize + count)
        }
        return IDXFile(dimensions: dimensions, elements: elements)
    }

    private static func readHeader(_ file: InflatingFile, rank: Int) throws -> [Int] {
        var magic: [UInt8] = [0, 0, 0, 0]
        let read = try magic.withUnsafeMutableBytes { try file.read(into: $0) }
        guard read == 4 else {
            throw problem("the file ends within its header", file.path, offset: file.offset)
        }
        guard magic[0] == 0, magic[1] == 0 else {
            throw problem("this is not an IDX file: it does not begin with two zero bytes", file.path, offset: 0)
        }
        guard magic[2] == unsignedBytes else {
            throw problem(
                "the elements have type \(magic[2]), not \(unsignedBytes) (unsigned bytes)", file.path, offset: 2)
        }
        guard Int(magic[3]) == rank else {
            let hint =
                rank == 3 && magic[3] == 1
                ? "; these are labels, not images"
                : rank == 1 && magic[3] == 3 ? "; these are images, not labels" : ""
            throw problem("the file has \(magic[3]) dimensions, not \(rank)\(hint)", file.path, offset: 3)
        }
        var bytes = [UInt8](repeating: 0, count: 4 * rank)
        guard try bytes.withUnsafeMutableBytes({ try file.read(into: $0) }) == bytes.count else {
            throw problem("the file ends within its header", file.path, offset: file.offset)
        }
        return try (0..<rank).map { dimension in
            let size = bytes[4 * dimension..<4 * dimension + 4].reduce(0) { $0 << 8 | Int($1) }
            guard size > 0 else {
                throw problem("dimension \(dimension + 1) of \(rank) is 0", file.path, offset: 4 + 4 * dimension)
            }
            return size
        }
    }

    static func problem(_ what: String, _ path: String, offset: Int) -> Problem {
        Problem(.data, what, at: "\(path), byte \(offset)", remedy: "Replace the file by a sound copy.")
    }
}
