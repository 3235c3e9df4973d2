public import Foundation

/// Places in the repository and around it that tests read.
public enum Repository {
    /// The repository's top folder.
    public static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// The path of a file in the repository.
    public static func path(_ name: String) -> String {
        root.appending(path: name).path(percentEncoded: false)
    }

    /// The folder of the real MNIST files, where `FED_DATA_DIR` names one that has them.
    public static let mnistFolder: String? = ProcessInfo.processInfo.environment["FED_DATA_DIR"].flatMap { folder in
        let names = ["train-images-idx3-ubyte", "train-images-idx3-ubyte.gz"]
        return names.contains { FileManager.default.fileExists(atPath: folder + "/" + $0) } ? folder : nil
    }
}
