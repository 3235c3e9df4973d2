import Diagnostics
import Testing

struct ProgramVersionTests {
    @Test("The version is three numbers (Semantic Versioning)")
    func form() {
        let numbers = ProgramVersion.current.split(separator: ".", omittingEmptySubsequences: false)
        #expect(numbers.count == 3)
        #expect(numbers.allSatisfy { UInt($0).map(String.init) == String($0) })
    }
}
