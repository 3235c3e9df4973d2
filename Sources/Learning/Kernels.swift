internal import CKernels

/// What computes a model's layers.
public enum Kernels: Sendable, Hashable {
    /// The project's own kernels, which give the same bits on every processor. Layers of shapes that they do not cover
    /// go through OpenBLAS; none of the models has one.
    case fused(KernelVersion)
    /// Matrix products of OpenBLAS, whose bits depend on its version and on the processor (``BLAS/coreName``).
    case openblas

    /// The fused kernels in the fastest version that this processor runs.
    public static var fused: Kernels { .fused(.fastest) }
}

/// One version of the fused kernels; all of them give the same bits.
public struct KernelVersion: Sendable, Hashable {
    /// Its place among those that this processor runs.
    private let index: Int

    /// The versions that this processor runs, the fastest first.
    public static var available: [KernelVersion] {
        (0..<fed_kernels_count()).map(KernelVersion.init)
    }

    /// The first of ``available``.
    public static var fastest: KernelVersion { KernelVersion(index: 0) }

    private init(index: Int) {
        self.index = index
    }

    /// What it is made for: `AVX-512`, `AVX2`, `NEON`, or `plain` for any processor.
    public var name: String { String(cString: table.pointee.name) }

    /// The functions; they are there as long as the program is.
    var table: UnsafePointer<fed_kernels> { fed_kernels_at(index) }
}
