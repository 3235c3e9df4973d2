/// How far one side of a tensor reaches: what the model has of it, and what the kernels want of it. What is between the
/// two is zeros, and stays so: gradients and steps of zeros are zeros.
struct Extent: BitwiseCopyable {
    /// Of the model.
    let used: Int
    /// Of the memory; not less.
    let room: Int

    init(_ used: Int, room: Int) {
        self.used = used
        self.room = room
    }

    /// Without padding.
    init(_ used: Int) {
        self.init(used, room: used)
    }

    /// Padded to whole vectors of the kernels.
    init(inWholeVectors used: Int) {
        self.init(used, room: (used + 15) / 16 * 16)
    }
}
