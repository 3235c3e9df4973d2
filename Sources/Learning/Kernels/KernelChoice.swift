/// What a scenario says of the kernels that a run trains and evaluates with.
public enum KernelChoice: String, Sendable, Hashable, CaseIterable {
    /// The project's own, with the same bits on every processor.
    case fused
    /// OpenBLAS's matrix products, whose bits depend on its version and on the processor.
    case openblas

    /// The kernels themselves: of the fused ones, the fastest version for this processor.
    public var kernels: Kernels {
        switch self {
        case .fused: .fused
        case .openblas: .openblas
        }
    }
}
