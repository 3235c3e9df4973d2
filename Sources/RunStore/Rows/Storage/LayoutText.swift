import Diagnostics
import Foundation
import Parameters

/// A layout as `models.layout` keeps it: `[{"name":"conv1.weight","shape":[32,1,3,3]}, …]`.
enum LayoutText {
    private struct Tensor: Codable {
        let name: String
        let shape: [Int]
    }

    static func encode(_ layout: ParameterLayout) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let tensors = layout.tensors.map { Tensor(name: $0.name, shape: $0.shape) }
        return String(decoding: try encoder.encode(tensors), as: UTF8.self)
    }

    /// `nil` for text that is no layout.
    static func decode(_ text: String) -> ParameterLayout? {
        guard let tensors = try? JSONDecoder().decode([Tensor].self, from: Data(text.utf8)),
            // The sizes are a file's, so their product is checked before it is trusted.
            tensors.allSatisfy({ isSmallEnough($0.shape) })
        else { return nil }
        return ParameterLayout(tensors.map { ($0.name, $0.shape) })
    }

    private static func isSmallEnough(_ shape: [Int]) -> Bool {
        var count = 1
        for side in shape {
            let (product, overflow) = count.multipliedReportingOverflow(by: side)
            guard side > 0, !overflow, product <= 1 << 40 else { return false }
            count = product
        }
        return true
    }
}
