/// The values between the layers of a batch, and their gradients.
struct Workspace: ~Copyable {
    /// The number of examples that it has room for.
    let capacity: Int
    let values: AlignedBuffer<Float>
    let gradients: AlignedBuffer<Float>
    /// What layers keep from their forward for their backward pass.
    let notes: AlignedBuffer<UInt8>
    let labels: AlignedBuffer<UInt8>

    init(capacity: Int, for network: borrowing Network) {
        self.capacity = capacity
        values = AlignedBuffer(count: capacity * network.valuesPerExample, repeating: 0)
        gradients = AlignedBuffer(count: capacity * network.valuesPerExample, repeating: 0)
        notes = AlignedBuffer(count: capacity * network.notesPerExample, repeating: 0)
        labels = AlignedBuffer(count: capacity, repeating: 0)
    }
}
