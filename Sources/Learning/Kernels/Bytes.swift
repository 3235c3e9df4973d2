internal import Glibc

/// Bytes that do not change, shared by all who hold them: memory of the program's own, or a part of a file that is mapped.
/// Processes that map the same file share one copy of it, and only what is read is ever in memory.
public struct Bytes: Sendable {
    /// Frees the memory when nobody holds it any more.
    private final class Memory: Sendable {
        /// Nothing writes there once a `Bytes` exists, so every thread may read.
        nonisolated(unsafe) let base: UnsafeMutableRawBufferPointer
        let isMapped: Bool

        init(base: UnsafeMutableRawBufferPointer, isMapped: Bool) {
            self.base = base
            self.isMapped = isMapped
        }

        deinit {
            if isMapped {
                munmap(base.baseAddress, base.count)
            } else {
                base.deallocate()
            }
        }
    }

    private let memory: Memory
    /// Where they begin in the memory.
    private let offset: Int
    public let count: Int

    /// A copy of `bytes`.
    public init(_ bytes: some Collection<UInt8>) {
        self.init(count: bytes.count) { $0.copyBytes(from: bytes) }
    }

    /// `count` bytes that `fill` writes.
    public init<Failure: Error>(
        count: Int, fill: (UnsafeMutableRawBufferPointer) throws(Failure) -> Void
    ) throws(Failure) {
        memory = Memory(base: .allocate(byteCount: count, alignment: 64), isMapped: false)
        offset = 0
        self.count = count
        try fill(memory.base)
    }

    /// The bytes of `range` in an open file, which has to have them as long as they are held: a file that is replaced by
    /// another stays, one that is cut short does not. The descriptor may be closed at once. `nil` where the system cannot
    /// map the file.
    ///
    /// - Precondition: `range` is not empty.
    public init?(mapping descriptor: Int32, range: Range<Int>) {
        guard let start = mmap(nil, range.upperBound, PROT_READ, MAP_PRIVATE, descriptor, 0), start != MAP_FAILED else {
            return nil
        }
        memory = Memory(base: UnsafeMutableRawBufferPointer(start: start, count: range.upperBound), isMapped: true)
        offset = range.lowerBound
        count = range.count
    }

    /// Hands the bytes out for reading.
    public func withUnsafeBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(UnsafeRawBufferPointer(rebasing: memory.base[offset..<offset + count]))
    }

    /// The bytes from `place` on, for kernels that read them in place.
    ///
    /// - Precondition: whoever reads holds these bytes, and reads no further than they reach.
    func pointer(at place: Int) -> UnsafePointer<UInt8> {
        // Bytes are there, or nobody could read from a place among them: the memory has an address.
        UnsafePointer(memory.base.baseAddress.unsafelyUnwrapped.assumingMemoryBound(to: UInt8.self)) + offset + place
    }
}

extension Bytes: RandomAccessCollection {
    public var startIndex: Int { 0 }
    public var endIndex: Int { count }

    public subscript(index: Int) -> UInt8 {
        precondition(index >= 0 && index < count)
        return memory.base[offset + index]
    }
}

extension Bytes: Hashable {
    public static func == (left: Self, right: Self) -> Bool {
        left.withUnsafeBytes { left in right.withUnsafeBytes { right in left.elementsEqual(right) } }
    }

    public func hash(into hasher: inout Hasher) {
        withUnsafeBytes { hasher.combine(bytes: $0) }
    }
}
