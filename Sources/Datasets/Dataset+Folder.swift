extension Dataset {
    /// Whether the folder has all four files of a data set, compressed or not; what is in them is not looked at.
    public static func isComplete(folder: String) -> Bool {
        DatasetFolder(folder).isComplete
    }
}
