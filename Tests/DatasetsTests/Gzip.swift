import CZlib

/// gzip's format, for tests that read it.
enum Gzip {
    /// `content` as one member.
    static func compress(_ content: [UInt8]) throws -> [UInt8] {
        // zlib keeps the address.
        let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        stream.initialize(to: z_stream())
        defer { stream.deallocate() }
        guard
            deflateInit2_(
                stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, CInt(MemoryLayout<z_stream>.size))
                == Z_OK
        else { throw GzipFailed() }
        defer { deflateEnd(stream) }
        var content = content
        var result = [UInt8](repeating: 0, count: Int(deflateBound(stream, UInt(content.count))))
        let finished = content.withUnsafeMutableBufferPointer { input in
            result.withUnsafeMutableBufferPointer { output in
                stream.pointee.next_in = input.baseAddress
                stream.pointee.avail_in = UInt32(input.count)
                stream.pointee.next_out = output.baseAddress
                stream.pointee.avail_out = UInt32(output.count)
                return deflate(stream, Z_FINISH) == Z_STREAM_END
            }
        }
        guard finished else { throw GzipFailed() }
        return Array(result[..<Int(stream.pointee.total_out)])
    }

    struct GzipFailed: Error {}
}
