import Diagnostics
import Learning
import Parameters

extension Dataset {
    /// Finds or makes the data set that is asked for.
    ///
    /// MNIST is looked for in `request.folder`, else in `FED_DATA_DIR`; a folder named by either must have it. With
    /// neither, it is looked for in the user's cache folder, else downloaded there, else, where that fails too,
    /// replaced by digits that the program draws; each as far as the request allows, each step reported.
    ///
    /// - Parameter progress: is called from any thread.
    /// - Throws: a ``Problem``, or `CancellationError`.
    public static func load(
        _ request: DatasetRequest, progress: @escaping @Sendable (DatasetProgress) -> Void = { _ in }
    ) async throws -> Dataset {
        if request.kind == .digits {
            return try await draw(request, insteadOfMNISTBecause: nil, progress)
        }
        if let folder = request.namedFolder {
            return try await load(folder: DatasetFolder(folder))
        }
        guard request.kind == .mnist else {
            throw Problem(
                .noInput, "the data are files of your own, and no folder is named",
                remedy: "Name their folder with --data or FED_DATA_DIR.")
        }
        do {
            return try await cachedOrDownloaded(request, progress)
        } catch let problem as Problem where request.allowDrawnDigits {
            progress(.substituting(reason: problem))
            return try await draw(request, insteadOfMNISTBecause: problem.what, progress)
        } catch let problem as Problem where problem.kind == .unavailable {
            // The mirrors are only one of the ways to the data, which are what is missing.
            throw Problem(.noInput, problem.what, at: problem.place, remedy: problem.remedy)
        }
    }

    private static func cachedOrDownloaded(
        _ request: DatasetRequest, _ progress: @escaping @Sendable (DatasetProgress) -> Void
    ) async throws -> Dataset {
        guard let cache = request.cacheFolder.map(DatasetFolder.init) else {
            throw Problem(
                .noInput, "there is no cache folder to keep MNIST in, as neither XDG_CACHE_HOME nor HOME is set",
                remedy: "Name a folder that has MNIST with --data or FED_DATA_DIR.")
        }
        if cache.isComplete {
            do {
                let cached = try await load(folder: cache)
                if cached.kind == .mnist { return cached }
                throw Problem(.data, "the files in the cache folder are not MNIST's", at: cache.path)
            } catch let problem as Problem {
                progress(.cacheDiscarded(reason: problem))
            }
        }
        guard request.allowDownload else {
            throw Problem(
                .noInput, "MNIST is not in the cache folder, and downloading is not allowed", at: cache.path,
                remedy: "Fetch it (fed data fetch), or name its folder with --data or FED_DATA_DIR.")
        }
        try await request.download.fetch(into: cache, replacing: true, progress: progress)
        return try await load(folder: cache, downloaded: true)
    }

    /// Reads the four files of a folder.
    static func load(folder: DatasetFolder, downloaded: Bool = false) async throws -> Dataset {
        let missing = DatasetFile.mnist.map(\.name).filter { folder.find($0) == nil }
        guard missing.isEmpty else {
            throw folder.missing(missing)
        }
        // In the order of `DatasetFile.mnist`.
        async let trainImages = BlockingWork.run { try folder.read(DatasetFile.mnist[0]) }
        async let trainLabels = BlockingWork.run { try folder.read(DatasetFile.mnist[1]) }
        async let testImages = BlockingWork.run { try folder.read(DatasetFile.mnist[2]) }
        async let testLabels = BlockingWork.run { try folder.read(DatasetFile.mnist[3]) }
        let files = try await [trainImages, trainLabels, testImages, testLabels]
        let paths = DatasetFile.mnist.map { folder.find($0.name) ?? $0.name }

        return try await BlockingWork.run {
            let train = try ExampleSet(images: files[0], labels: files[1], paths: (paths[0], paths[1]))
            let test = try ExampleSet(
                images: files[2], labels: files[3], paths: (paths[2], paths[3]), shape: train.shape,
                classes: train.classes)
            let digest = IDXFile.digest(of: files)
            let isGenuine = digest.description == mnistDigest
            return Dataset(
                kind: isGenuine ? .mnist : .folder,
                provenance: Provenance(
                    source: downloaded ? .downloaded(folder: folder.path) : .files(folder: folder.path),
                    isGenuineMNIST: isGenuine),
                train: train, test: test, digest: digest)
        }
    }

    private static func draw(
        _ request: DatasetRequest, insteadOfMNISTBecause reason: String?,
        _ progress: @escaping @Sendable (DatasetProgress) -> Void
    ) async throws -> Dataset {
        let counts = request.drawnExamples
        let total = counts.train + counts.test
        let train = try await DrawnDigits.draw(counts.train, split: .train) {
            progress(.drawing(examples: $0, total: total))
        }
        let test = try await DrawnDigits.draw(counts.test, split: .test) {
            progress(.drawing(examples: counts.train + $0, total: total))
        }
        let digest = try await BlockingWork.run {
            IDXFile.digest(of: [train.imagesFile, train.labelsFile, test.imagesFile, test.labelsFile])
        }
        return Dataset(
            kind: .digits,
            provenance: Provenance(source: .drawn(insteadOfMNISTBecause: reason), isGenuineMNIST: false),
            train: train, test: test, digest: digest)
    }
}
