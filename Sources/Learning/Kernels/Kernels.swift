internal import CKernels

/// What computes a model's layers.
public enum Kernels: Sendable, Hashable, CustomStringConvertible {
    /// The project's own kernels, which give the same bits on every processor. Layers of shapes that they do not cover
    /// go through OpenBLAS; none of the models has one.
    case fused(KernelVersion)
    /// Matrix products of OpenBLAS, whose bits depend on its version and on the processor (``BLAS/coreName``).
    case openblas

    /// For the record and for people: `fused (AVX-512)`, `openblas`.
    public var description: String {
        switch self {
        case .fused(let version): "fused (\(version.name))"
        case .openblas: "openblas"
        }
    }

    /// What makes them slower than this processor allows, with the remedy; `nil` when nothing does.
    public var slowness: String? {
        switch self {
        case .fused(let version):
            version.name == "plain"
                ? """
                this processor has no fused multiply-add: the fused kernels run in their plain version, which is many \
                times slower; "kernels: openblas" in the scenario may be faster here
                """ : nil
        case .openblas: BLAS.slowness
        }
    }

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
