import ArgumentParser
import Datasets
import Diagnostics
import Foundation
import Programs

/// `fed data fetch`: sees to it that MNIST is there.
struct DataFetchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fetch",
        abstract: "Download MNIST, as far as it is not there already.",
        discussion: """
            Each file is checked by its checksum, and asked for from another mirror when one fails. \
            FED_MNIST_MIRRORS names other mirrors: addresses of folders, with spaces between them.
            """)

    @Option(help: "The folder to put it in; otherwise that of FED_DATA_DIR, else the user's cache folder.")
    var data: String?

    @Flag(help: "Replace files in the folder that are not MNIST's.")
    var force = false

    func run() async throws {
        let request = DatasetRequest(folder: data)
        guard let path = request.namedFolder ?? request.cacheFolder else {
            throw Problem(.usage, "there is no folder to put MNIST in", remedy: "Name one with --data.")
        }
        let folder = DatasetFolder(path)
        let display = DatasetDisplay()
        // The cache folder is the program's own.
        let replacing = force || request.namedFolder == nil
        let fetched: [String]
        do {
            fetched = try await request.download.fetch(into: folder, replacing: replacing) { display.show($0) }
        } catch {
            display.finish()
            throw error
        }
        display.finish()
        print(
            fetched.isEmpty
                ? "MNIST is in \(folder.path) already, and its checksums are right."
                : "MNIST is in \(folder.path); its checksums are right.")
    }
}
