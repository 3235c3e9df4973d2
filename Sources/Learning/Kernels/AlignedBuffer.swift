/// Memory that begins at a cache line, owned by one and freed with it.
package struct AlignedBuffer<Element: BitwiseCopyable>: ~Copyable {
    /// Bytes; a cache line, and the width of the widest vector register.
    static var alignment: Int { 64 }

    package let start: UnsafeMutablePointer<Element>
    package let count: Int

    /// `count` elements, each `value`.
    package init(count: Int, repeating value: Element) {
        let bytes = UnsafeMutableRawPointer.allocate(
            byteCount: max(count, 1) * MemoryLayout<Element>.stride, alignment: Self.alignment)
        start = bytes.bindMemory(to: Element.self, capacity: count)
        start.initialize(repeating: value, count: count)
        self.count = count
    }

    deinit {
        // The elements are trivial: nothing to deinitialise.
        UnsafeMutableRawPointer(start).deallocate()
    }
}
