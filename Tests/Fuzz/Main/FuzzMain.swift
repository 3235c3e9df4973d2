import CFuzzer
import FuzzTargets
import Glibc

/// `fed-fuzz`: libFuzzer with the target that `FED_FUZZ_TARGET` names; its options are libFuzzer's.
@main
struct FuzzMain {
    private static let target: FuzzTarget? = getenv("FED_FUZZ_TARGET").flatMap {
        FuzzTarget(rawValue: String(cString: $0))
    }

    static func main() {
        guard target != nil else {
            let names = FuzzTarget.allCases.map(\.rawValue).joined(separator: ", ")
            print("FED_FUZZ_TARGET has to be one of \(names)")
            exit(64)
        }
        var count = CommandLine.argc
        var arguments = CommandLine.unsafeArgv
        exit(
            LLVMFuzzerRunDriver(&count, &arguments) { start, count in
                FuzzMain.target?.run(UnsafeRawBufferPointer(start: start, count: count))
                return 0
            })
    }
}
