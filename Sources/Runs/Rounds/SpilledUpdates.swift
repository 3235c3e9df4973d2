import Diagnostics
public import Federation
import Glibc
public import Parameters

/// The updates of a round in memory up to a limit, and beyond it in a file without a name, which goes with this.
public struct SpilledUpdates: UpdateStorage {
    /// Closes the file when nobody reads it any more.
    private final class File: Sendable {
        let descriptor: CInt

        init(_ descriptor: CInt) {
            self.descriptor = descriptor
        }

        deinit { close(descriptor) }
    }

    /// Bytes.
    private let memoryLimit: Int
    private let folder: String
    private var inMemory: [ParameterVector] = []
    private var file: File?
    private var rowsInFile = 0
    /// Of a row; 0 before the first.
    private var rowBytes = 0

    /// - Parameters:
    ///   - memoryLimit: bytes of updates that stay in memory.
    ///   - folder: where the file is.
    public init(memoryLimit: Int, folder: String) {
        self.memoryLimit = memoryLimit
        self.folder = folder
    }

    public mutating func append(_ update: ParameterVector) throws {
        rowBytes = update.layout.byteCount
        guard (inMemory.count + 1) * rowBytes > memoryLimit else {
            inMemory.append(update)
            return
        }
        let file = try self.file ?? makeFile()
        self.file = file
        try update.withCanonicalBytes { bytes throws(Problem) in
            var done = 0
            while done < bytes.count {
                let rest = UnsafeRawBufferPointer(rebasing: bytes[done...])
                let count = pwrite(file.descriptor, rest.baseAddress, rest.count, off_t(rowsInFile * rowBytes + done))
                guard count > 0 || errno == EINTR else { throw failure("written") }
                done += max(0, count)
            }
        }
        rowsInFile += 1
    }

    public func copy(row: Int, _ columns: Range<Int>, to target: UnsafeMutableBufferPointer<Float>) throws {
        if row < inMemory.count {
            inMemory[row].withValues { _ = target.update(fromContentsOf: $0[columns]) }
            return
        }
        guard let file else { preconditionFailure("there is no row \(row)") }
        let start = (row - inMemory.count) * rowBytes + columns.lowerBound * MemoryLayout<Float>.size
        let bytes = UnsafeMutableRawBufferPointer(UnsafeMutableBufferPointer(rebasing: target[..<columns.count]))
        var done = 0
        while done < bytes.count {
            let rest = UnsafeMutableRawBufferPointer(rebasing: bytes[done...])
            let count = pread(file.descriptor, rest.baseAddress, rest.count, off_t(start + done))
            guard count > 0 || (count < 0 && errno == EINTR) else { throw failure("read") }
            done += max(0, count)
        }
    }

    public mutating func removeAll() {
        inMemory.removeAll(keepingCapacity: true)
        rowsInFile = 0
        file = nil
    }

    private func makeFile() throws(Problem) -> File {
        guard let (descriptor, path) = TemporaryFile.make("\(folder)/.fed-updates") else { throw failure("written") }
        unlink(path)
        return File(descriptor)
    }

    private func failure(_ what: String) -> Problem {
        Problem(
            .software, "the round's updates cannot be \(what): \(String(cString: strerror(errno)))", at: folder,
            remedy: "make room there, or keep more of them in memory: update_memory_mib in the scenario")
    }
}
