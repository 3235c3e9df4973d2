import Parameters
import Testing

struct ParameterLayoutTests {
    @Test("Tensors follow each other in their order, without gaps")
    func ranges() {
        let layout = ParameterLayout([
            ("conv1.weight", [32, 1, 3, 3]), ("conv1.bias", [32]), ("empty", [0, 7]), ("scalar", []),
            ("dense.weight", [10, 64]),
        ])
        #expect(layout.tensors.map(\.name) == ["conv1.weight", "conv1.bias", "empty", "scalar", "dense.weight"])
        #expect(layout.tensors.map(\.shape) == [[32, 1, 3, 3], [32], [0, 7], [], [10, 64]])
        #expect(layout.tensors.map(\.range) == [0..<288, 288..<320, 320..<320, 320..<321, 321..<961])
        #expect(layout.count == 961)
        #expect(layout.byteCount == 3844)
    }

    @Test("A layout of no tensors holds nothing")
    func empty() {
        let layout = ParameterLayout([])
        #expect(layout.tensors.isEmpty && layout.count == 0 && layout.byteCount == 0)
    }

    @Test("Layouts differ by name, shape and order")
    func equality() {
        let layout = ParameterLayout([("a", [2, 3]), ("b", [6])])
        #expect(layout == ParameterLayout([("a", [2, 3]), ("b", [6])]))
        #expect(layout != ParameterLayout([("a", [3, 2]), ("b", [6])]))
        #expect(layout != ParameterLayout([("a", [2, 3]), ("c", [6])]))
        #expect(layout != ParameterLayout([("b", [6]), ("a", [2, 3])]))
        #expect(layout != ParameterLayout([("a", [2, 3])]))
    }
}
