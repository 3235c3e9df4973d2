import ArgumentParser

/// Which table of `fed show --fairness` is printed as CSV.
enum FairnessRows: String, ExpressibleByArgument, CaseIterable {
    case client, device
    case label = "class"
}
