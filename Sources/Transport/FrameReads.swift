internal import NIOCore
internal import Synchronization

/// How much a channel reads at once: as much as the frame lacks whose beginning has come, and little where no frame is under
/// way, so that a connection on which nothing moves keeps next to nothing.
struct FrameReads: RecvByteBufferAllocator {
    /// What the channel's ``FrameHandler`` says of the frame.
    final class Demand: Sendable {
        private let missing = Atomic(0)

        /// The bytes that the frame lacks; 0 between two frames.
        var missingBytes: Int {
            get { missing.load(ordering: .relaxed) }
            set { missing.store(newValue, ordering: .relaxed) }
        }
    }

    /// Holds a frame of all but models and updates, and the headers of these.
    static let least = 2048

    let demand: Demand
    let most: Int

    /// What is read beyond the frame is the header of the next one.
    func nextBufferSize() -> Int? { min(demand.missingBytes + Self.least, most) }

    func buffer(allocator: ByteBufferAllocator) -> ByteBuffer {
        allocator.buffer(capacity: min(demand.missingBytes + Self.least, most))
    }

    mutating func record(actualReadBytes: Int) -> Bool { false }
}
