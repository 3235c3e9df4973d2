/// One of the four files of a data set in MNIST's format.
public struct DatasetFile: Sendable, Hashable {
    /// Its name, not compressed; with `.gz` when it is.
    public let name: String
    /// The MD5 of the genuine file, not compressed, in hexadecimal.
    public let md5: String
    /// 3 for images, 1 for labels.
    public let dimensions: Int

    public init(name: String, md5: String, dimensions: Int) {
        self.name = name
        self.md5 = md5
        self.dimensions = dimensions
    }

    /// The four of MNIST, in the order in which a data set's digest goes over them.
    public static let mnist = [
        DatasetFile(name: "train-images-idx3-ubyte", md5: "6bbc9ace898e44ae57da46a324031adb", dimensions: 3),
        DatasetFile(name: "train-labels-idx1-ubyte", md5: "a25bea736e30d166cdddb491f175f624", dimensions: 1),
        DatasetFile(name: "t10k-images-idx3-ubyte", md5: "2646ac647ad5339dbf082846283269ea", dimensions: 3),
        DatasetFile(name: "t10k-labels-idx1-ubyte", md5: "27ae3e4e09519cfbb04c329615203637", dimensions: 1),
    ]
}
