import ArgumentParser

/// `fed data`: the data sets that runs use.
struct DataCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "data",
        abstract: "Fetch MNIST, look at data, and write clients' shards.",
        discussion: """
            MNIST is looked for in the folder that --data names, else in that of FED_DATA_DIR, else in the user's cache \
            folder ($XDG_CACHE_HOME/fed/mnist or ~/.cache/fed/mnist), where runs also put it when they have to \
            download it. Files may be compressed with gzip or not.
            """,
        subcommands: [DataFetchCommand.self, DataShowCommand.self, DataShardCommand.self])
}
