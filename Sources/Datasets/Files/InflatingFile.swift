import CZlib
import Diagnostics
import Glibc
import Learning

/// A file read from its beginning to its end, decompressed on the way if it is in gzip's format (RFC 1952), which
/// its first two bytes tell. Holds a buffer of fixed size, whatever the file.
///
/// Reads block: not for the cooperative pool or an event loop.
final class InflatingFile {
    let path: String
    /// The size of the file as it lies there.
    let fileSize: Int
    let isGzip: Bool
    /// How many bytes ``read(into:)`` has handed out.
    private(set) var offset = 0

    private static let bufferSize = 1 << 16

    private let descriptor: CInt
    private let buffer: UnsafeMutableRawBufferPointer
    /// The part of `buffer` that has been read from the file and not been used.
    private var unused = 0..<0
    /// How many bytes have been read from the file.
    private var fileOffset = 0
    /// zlib keeps this address in its state, so the stream must not move; `nil` for a plain file.
    private let stream: UnsafeMutablePointer<z_stream>?
    private var ended = false

    /// - Throws: a ``Problem`` of kind `noInput` when there is no such file or it cannot be read.
    init(path: String) throws {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw Problem(
                .noInput, "the file cannot be opened: \(String(cString: strerror(errno)))", at: path,
                remedy: "Check the path and its permissions.")
        }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw Problem(.noInput, "this is not a file", at: path, remedy: "Name a file.")
        }
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.bufferSize, alignment: 16)
        var filled = 0
        while filled < 2 {
            let count = Glibc.read(descriptor, buffer.baseAddress! + filled, buffer.count - filled)
            guard count >= 0 || errno == EINTR else {
                let reason = String(cString: strerror(errno))
                buffer.deallocate()
                close(descriptor)
                throw Problem(.noInput, "the file cannot be read: \(reason)", at: path)
            }
            guard count != 0 else { break }
            filled += max(0, count)
        }
        let isGzip = filled >= 2 && buffer[0] == 0x1f && buffer[1] == 0x8b
        var stream: UnsafeMutablePointer<z_stream>?
        if isGzip {
            let new = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
            new.initialize(to: z_stream())
            // 15 bits of window, and 16 says that a gzip header and its checksum are expected.
            guard inflateInit2_(new, 15 + 16, ZLIB_VERSION, CInt(MemoryLayout<z_stream>.size)) == Z_OK else {
                new.deallocate()
                buffer.deallocate()
                close(descriptor)
                throw Problem(.software, "zlib cannot be started", at: path)
            }
            stream = new
        }
        self.path = path
        self.fileSize = Int(status.st_size)
        self.isGzip = isGzip
        self.descriptor = descriptor
        self.buffer = buffer
        self.stream = stream
        unused = 0..<filled
        fileOffset = filled
    }

    deinit {
        if let stream {
            inflateEnd(stream)
            stream.deallocate()
        }
        buffer.deallocate()
        close(descriptor)
    }

    /// The bytes of `range` in a file that is not compressed, without reading them; `nil` where that cannot be had.
    func map(_ range: Range<Int>) -> Bytes? {
        isGzip ? nil : Bytes(mapping: descriptor, range: range)
    }

    /// Fills `target` as far as the content reaches and answers how many bytes that were: fewer than asked for only
    /// at the end, which for a gzip file includes that its checksum and size are right.
    ///
    /// - Throws: a ``Problem`` of kind `data` with the offset in the compressed file when that is damaged.
    func read(into target: UnsafeMutableRawBufferPointer) throws -> Int {
        let count = stream == nil ? try readPlain(into: target) : try inflate(into: target)
        offset += count
        return count
    }

    private func readPlain(into target: UnsafeMutableRawBufferPointer) throws -> Int {
        var filled = 0
        while filled < target.count {
            if unused.isEmpty, try !refill() { break }
            let count = min(unused.count, target.count - filled)
            target.baseAddress!.advanced(by: filled).copyMemory(
                from: buffer.baseAddress! + unused.lowerBound, byteCount: count)
            unused = unused.lowerBound + count..<unused.upperBound
            filled += count
        }
        return filled
    }

    private func inflate(into target: UnsafeMutableRawBufferPointer) throws -> Int {
        guard let stream else { return 0 }
        var filled = 0
        while filled < target.count {
            if unused.isEmpty, try !refill() {
                guard ended else {
                    throw damaged("the compressed file ends before its content does")
                }
                break
            }
            if ended {
                // Members may follow one another (RFC 1952, section 2.2).
                guard buffer[unused.lowerBound] == 0x1f else {
                    throw damaged("something follows the end of the compressed content")
                }
                inflateReset(stream)
                ended = false
            }
            let room = min(target.count - filled, Int(UInt32.max))
            stream.pointee.next_in = (buffer.baseAddress! + unused.lowerBound).assumingMemoryBound(to: UInt8.self)
            stream.pointee.avail_in = UInt32(unused.count)
            stream.pointee.next_out = (target.baseAddress! + filled).assumingMemoryBound(to: UInt8.self)
            stream.pointee.avail_out = UInt32(room)
            let result = CZlib.inflate(stream, Z_NO_FLUSH)
            filled += room - Int(stream.pointee.avail_out)
            unused = unused.upperBound - Int(stream.pointee.avail_in)..<unused.upperBound
            switch result {
            case Z_OK: break
            case Z_STREAM_END: ended = true
            default:
                let reason = stream.pointee.msg.map { String(cString: $0) } ?? "zlib's error \(result)"
                throw damaged("the compressed content is damaged (\(reason))")
            }
        }
        return filled
    }

    /// Reads the next piece of the file; `false` at its end.
    private func refill() throws -> Bool {
        while true {
            let count = Glibc.read(descriptor, buffer.baseAddress!, buffer.count)
            if count < 0 {
                guard errno == EINTR else {
                    throw Problem(.noInput, "the file cannot be read: \(String(cString: strerror(errno)))", at: path)
                }
                continue
            }
            unused = 0..<count
            fileOffset += count
            return count > 0
        }
    }

    private func damaged(_ what: String) -> Problem {
        Problem(
            .data, what, at: "\(path), byte \(fileOffset - unused.count) as compressed",
            remedy: "Replace the file by a sound copy.")
    }
}
