internal import COpenBLAS

/// The system's OpenBLAS: what it is, and the one routine that the layers need of it.
///
/// Its bits depend on its version and on the kernels that it chooses for the processor (``coreName``), so both are
/// recorded with a run. The environment variable `OPENBLAS_CORETYPE` chooses others; it is read before `main`.
public enum BLAS {
    /// Version and build options, for example `OpenBLAS 0.3.21 DYNAMIC_ARCH NO_AFFINITY Zen MAX_THREADS=64`.
    public static var configuration: String { String(cString: openblas_get_config()) }

    /// The processor whose kernels are in use, for example `Haswell`, `Zen` or `SkylakeX`.
    public static var coreName: String { String(cString: openblas_get_corename()) }

    /// What is to be said when OpenBLAS has chosen kernels of narrower vectors than the processor has; nothing is changed,
    /// since what the user has set stays set.
    static var slowness: String? {
        slowness(core: coreName, fastest: KernelVersion.fastest.name)
    }

    package static func slowness(core: String, fastest: String) -> String? {
        let wide = ["skylakex", "cooperlake", "sapphirerapids"]
        let medium = wide + ["haswell", "zen", "excavator"]
        let (enough, remedy) =
            switch fastest {
            case "AVX-512": (wide, "SkylakeX")
            case "AVX2": (medium, "Haswell")
            default: ([], "")
            }
        guard !enough.isEmpty, !enough.contains(core.lowercased()) else { return nil }
        return """
            OpenBLAS runs with its kernels for \(core), though this processor has \(fastest): matrix products take \
            longer than they have to; set OPENBLAS_CORETYPE=\(remedy) in the environment
            """
    }

    /// Makes every product run on the thread that asks for it: the program has threads of its own, and the number of
    /// BLAS threads changes the bits of a result. Each ``Trainer`` sees to it; repeating it is harmless.
    public static func useOneThread() {
        openblas_set_num_threads(1)
    }

    /// A matrix in row-major order: element (row, column) lies at `row * stride + column`.
    package struct Matrix {
        let start: UnsafePointer<Float>
        /// Values from one row to the next.
        let stride: Int
        /// Whether the product uses the transpose of what is stored.
        let transposed: Bool

        package init(_ start: UnsafePointer<Float>, stride: Int, transposed: Bool = false) {
            self.start = start
            self.stride = stride
            self.transposed = transposed
        }

        package init(_ start: UnsafeMutablePointer<Float>, stride: Int, transposed: Bool = false) {
            self.init(UnsafePointer(start), stride: stride, transposed: transposed)
        }
    }

    /// C ← `beta` · C + `alpha` · A · B, where C is `[rows, columns]`, A `[rows, depth]` and B `[depth, columns]` after
    /// their transposition; C's rows follow each other without gaps. A `beta` of 0 does not read C.
    @inline(__always)
    package static func multiply(
        rows: Int, columns: Int, depth: Int, _ a: Matrix, _ b: Matrix, into c: UnsafeMutablePointer<Float>,
        alpha: Float = 1, beta: Float = 0
    ) {
        cblas_sgemm(
            CblasRowMajor, a.transposed ? CblasTrans : CblasNoTrans, b.transposed ? CblasTrans : CblasNoTrans,
            blasint(rows), blasint(columns), blasint(depth), alpha, a.start, blasint(a.stride), b.start,
            blasint(b.stride), beta, c, blasint(columns))
    }
}
