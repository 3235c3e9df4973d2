import Crypto
import Diagnostics
public import Learning
public import Parameters

/// The content of an IDX file of unsigned bytes: the format of MNIST's images and labels (LeCun, Cortes and Burges,
/// "The MNIST database of handwritten digits"). Big-endian: two zero bytes, the type of the elements (8 for unsigned
/// bytes), the number of dimensions, the size of each dimension as 32 bits, the elements in row-major order.
public struct IDXFile: Sendable, Hashable {
    /// The size of each dimension, the number of examples first; none is 0.
    public let dimensions: [Int]
    /// The elements, as many as the product of the dimensions.
    public let elements: Bytes

    /// - Precondition: 1 to 255 dimensions of 1 ..< 2³², and as many elements as their product.
    public init(dimensions: [Int], elements: Bytes) {
        precondition((1...255).contains(dimensions.count))
        precondition(dimensions.allSatisfy { (1...Int(UInt32.max)).contains($0) })
        precondition(dimensions.reduce(1, *) == elements.count)
        self.dimensions = dimensions
        self.elements = elements
    }

    /// The same with elements that lie in an array; they are copied.
    public init(dimensions: [Int], elements: [UInt8]) {
        self.init(dimensions: dimensions, elements: Bytes(elements))
    }

    static let unsignedBytes: UInt8 = 8

    /// The bytes before the elements, which the dimensions determine.
    var header: [UInt8] {
        [0, 0, Self.unsignedBytes, UInt8(dimensions.count)]
            + dimensions.flatMap { size in
                [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: size >> $0) }
            }
    }

    /// The whole file, not compressed.
    public var bytes: [UInt8] { header + [UInt8](elements) }

    /// The MD5 of the whole file, not compressed, in hexadecimal: what the checksums of MNIST are published as.
    public var md5: String {
        var hash = Insecure.MD5()
        hash.update(data: header)
        elements.withUnsafeBytes { hash.update(bufferPointer: $0) }
        return Hexadecimal.text(hash.finalize())
    }

    /// SHA-256 of the content of files one after the other, not compressed.
    public static func digest(of files: [IDXFile]) -> ContentDigest {
        var hasher = ContentDigest.Hasher()
        for file in files {
            file.header.withUnsafeBytes { hasher.update($0) }
            file.elements.withUnsafeBytes { hasher.update($0) }
        }
        return hasher.finalize()
    }
}
